package dev.signalbox.mail;

/** How the client proves who it is. {@code toString} shows no secret. */
public sealed interface SmtpAuth {
    String username();

    /**
     * PLAIN, LOGIN or CRAM-MD5, the first that the server offers. Without encryption only CRAM-MD5 is used, unless
     * {@link SmtpOptions.Builder#plaintextAuth} allows the others.
     */
    record Password(String username, String password) implements SmtpAuth {
        public Password {
            SingleLine.check("username", username);
            SingleLine.check("password", password);
            if (username.isEmpty() || password.isEmpty()) {
                throw new IllegalArgumentException((username.isEmpty() ? "username" : "password") + " is empty");
            }
        }

        @Override
        public String toString() {
            return "Password[" + username + "]";
        }
    }

    /** XOAUTH2, as Gmail and Office 365 want it. */
    record XOAuth2(String username, OAuthTokens tokens) implements SmtpAuth {
        public XOAuth2 {
            SingleLine.check("username", username);
        }

        @Override
        public String toString() {
            return "XOAuth2[" + username + "]";
        }
    }
}
