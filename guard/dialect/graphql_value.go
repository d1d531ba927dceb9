package dialect

// argument reads an argument, or a field of an object.
func (d *graphQLDocument) argument() error {
	if _, err := d.name(); err != nil {
		return err
	}
	if err := d.punctuator(':'); err != nil {
		return err
	}
	return d.value()
}

// variable reads the definition of one.
func (d *graphQLDocument) variable() error {
	if err := d.punctuator('$'); err != nil {
		return err
	}
	if _, err := d.name(); err != nil {
		return err
	}
	if err := d.punctuator(':'); err != nil {
		return err
	}
	if err := d.typeReference(); err != nil {
		return err
	}
	d.constant = true
	defer func() { d.constant = false }()
	if d.lexer.token == '=' {
		if err := d.lexer.next(); err != nil {
			return err
		}
		if err := d.value(); err != nil {
			return err
		}
	}
	return d.directives()
}

func (d *graphQLDocument) typeReference() error {
	if d.lexer.token == '[' {
		if err := d.enter(); err != nil {
			return err
		}
		if err := d.lexer.next(); err != nil {
			return err
		}
		if err := d.typeReference(); err != nil {
			return err
		}
		if err := d.punctuator(']'); err != nil {
			return err
		}
		d.depth--
	} else if _, err := d.name(); err != nil {
		return err
	}
	if d.lexer.token == '!' {
		return d.lexer.next()
	}
	return nil
}

func (d *graphQLDocument) value() error {
	switch d.lexer.token {
	case '$':
		if d.constant {
			return errGraphQL
		}
		if err := d.lexer.next(); err != nil {
			return err
		}
		_, err := d.name()
		return err
	case graphQLNumber, graphQLString, graphQLName:
		return d.lexer.next()
	case '[':
		return d.sequence('[', ']', d.value)
	case '{':
		return d.sequence('{', '}', d.argument)
	}
	return errGraphQL
}
