ws.on('message', (data) => {
  const msg = JSON.parse(data
  handle(msg);
});
if (a) { foo( }
x.y = ;
const z = { a: 1, b: };
foo(function(){ bar(1) }, , 3);
