ws.on('message', (data) => {
 const msg = JSON.parse(data);

 switch (msg.action) {
 case 'get_user':
 // ❌ IDOR — any authenticated user can fetch any profile
 const user = await db.users.findById(msg.userId);
 ws.send(JSON.stringify(user));
 break;

 case 'delete_message':
 // ❌ No ownership check — any user can delete any message
 await db.messages.deleteOne({ _id: msg.messageId });
 ws.send(JSON.stringify({ status: 'deleted' }));
 break;

 case 'set_role':
 // ❌ Privilege escalation — no admin check
 await db.users.updateOne(
 { _id: msg.targetUser },
 { role: msg.newRole }
 );
 break;

 case 'admin_broadcast':
 // ❌ No role check — anyone can broadcast as admin
 broadcastToAll({ type: 'announcement', text: msg.text });
 break;
 }
});
