// What the examples of README.md take from their application.
declare function csrfToken(): string;
declare function accessToken(): string;
declare function chatLine(): HTMLElement;
declare function showSignInDialog(): Promise<void>;
declare function showNotice(text: string): void;
declare function countError(kind: string): void;
