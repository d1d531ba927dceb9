ws.on('message', (data) => {
 let msg;
 try {
 msg = JSON.parse(data);
 } catch {
 ws.send(JSON.stringify({ error: 'Invalid JSON' }));
 return;
 }

 // ✅ Validate message structure with schema
 const validation = messageSchema.safeParse(msg);
 if (!validation.success) {
 ws.send(JSON.stringify({ error: 'Invalid message format' }));
 return;
 }

 switch (msg.action) {
 case 'get_user':
 // ✅ Users can only access their own profile (or admin)
 if (ws.userId !== msg.userId && ws.role !== 'admin') {
 ws.send(JSON.stringify({ error: 'Forbidden' }));
 return;
 }
 const user = await db.users.findById(msg.userId);
 ws.send(JSON.stringify(sanitizeUser(user)));
 break;

 case 'delete_message':
 // ✅ Ownership check
 const message = await db.messages.findById(msg.messageId);
 if (message.authorId !== ws.userId && ws.role !== 'admin') {
 ws.send(JSON.stringify({ error: 'Forbidden' }));
 return;
 }
 await db.messages.deleteOne({ _id: msg.messageId });
 break;

 case 'admin_broadcast':
 // ✅ Role check
 if (ws.role !== 'admin') {
 ws.send(JSON.stringify({ error: 'Forbidden' }));
 return;
 }
 broadcastToAll({ type: 'announcement', text: sanitize(msg.text) });
 break;
 }
});
