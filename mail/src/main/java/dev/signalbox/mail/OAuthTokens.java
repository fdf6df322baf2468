package dev.signalbox.mail;

import java.io.IOException;
import java.time.Instant;

/**
 * Gets an access token, such as with a refresh token from the provider's token endpoint. Called by one thread at a time,
 * about ten minutes before the last token expires and after the server refused one. A refresh token that comes along has
 * to be kept: providers rotate them.
 */
@FunctionalInterface
public interface OAuthTokens {
    /**
     * Gets a token.
     *
     * @throws IOException if there is none now; the message is then not sent and may be tried again
     */
    AccessToken fetch() throws IOException;

    /** A token, which {@link #toString} does not show, and when it expires. */
    record AccessToken(String value, Instant expires) {
        public AccessToken {
            SingleLine.check("access token", value);
        }

        @Override
        public String toString() {
            return "AccessToken[expires=" + expires + "]";
        }
    }
}
