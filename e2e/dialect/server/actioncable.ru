# An Action Cable server: a channel that echoes orders and tells a profile.
require "logger"
require "active_support"
require "active_support/core_ext"
require "action_cable"

Thread.report_on_exception = true

module ApplicationCable
  class Connection < ActionCable::Connection::Base
    identified_by :name

    def connect
      self.name = "client"
    end
  end
end

class OrdersChannel < ActionCable::Channel::Base
  def subscribed
    reject if params[:room] == "closed"
    transmit({ type: "welcome", room: params[:room] })
  end

  def place(data)
    transmit({ type: "accepted", order: data.except("action") })
  end

  def profile(_data)
    transmit({ type: "profile", name: "Alice", secret: "x" })
  end
end

class SecretChannel < ActionCable::Channel::Base
end

config = ActionCable::Server::Base.config
config.logger = Logger.new(File::NULL)
config.cable = { "adapter" => "async" }
config.connection_class = -> { ApplicationCable::Connection }
config.disable_request_forgery_protection = true
run ActionCable.server
