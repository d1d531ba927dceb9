    const msg = JSON.parse(data);
    if (msg.admin) {
      grant(msg.user);
    }
  });
});
