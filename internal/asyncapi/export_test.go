package asyncapi

// LoadFS is [Load] from a folder in memory.
var LoadFS = load
