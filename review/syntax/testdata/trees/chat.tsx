const Line = ({ text }: { text: string }): JSX.Element => <b title={text!}>{text as string}</b>;
