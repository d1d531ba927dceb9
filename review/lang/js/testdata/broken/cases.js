  case 'delete_message':
    await db.messages.deleteOne({ _id: msg.messageId });
    break;
  case 'set_role':
    await db.users.updateOne({ _id: msg.targetUser }, { role: msg.newRole });
    break;
