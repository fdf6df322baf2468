package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the control plane, and of who may use it. */
final class ControlKeys {

    static final Key<String> CONTROL_HOST = Key.of(
            "control.host",
            Kind.host(),
            "127.0.0.1",
            "Where REST, console, health and metrics listen. Loopback by default: nothing is reachable from the network"
                    + " until you say so.");
    static final Key<Integer> CONTROL_PORT = Key.of("control.port", Kind.port(), "8080", "Its port; 0 picks a free one.");
    static final Key<Path> CONTROL_CERTIFICATE = Key.optional(
            "control.tls.certificate",
            Kind.path(),
            "The certificate chain in PEM; with it the port speaks only HTTPS.");
    static final Key<Path> CONTROL_KEY =
            Key.optional("control.tls.key", Kind.path(), "The certificate's private key in PEM (PKCS#8).");
    static final Key<Long> CONTROL_MAX_BODY = Key.of(
            "control.max-body",
            Kind.size("1KiB", "16MiB"),
            "256KiB",
            "The largest single request, and the longest line of a bulk request.");
    static final Key<Boolean> AUTH_DISABLED =
            Key.of("auth.disabled", Kind.truth(), "false", "Lets everyone who reaches the control port do everything.");
    static final Key<String> AUTH_TOKEN = Key.secret(
            "auth.tokens.*.token",
            Kind.token(),
            "A bearer token for the control port. With no token at all, the server makes one for an admin and writes it"
                    + " to the file `token` in the data folder.");
    static final Key<String> AUTH_NAME =
            Key.optional("auth.tokens.*.name", Kind.name(), "Who holds the token, for the log. Required.");
    static final Key<Role> AUTH_ROLE = Key.of(
            "auth.tokens.*.role",
            Kind.oneOf(Role.class),
            "reader",
            "`reader` may look, `sender` may also enqueue, `admin` may do everything.");

    static final List<Key<?>> ALL = List.of(
            CONTROL_HOST,
            CONTROL_PORT,
            CONTROL_CERTIFICATE,
            CONTROL_KEY,
            CONTROL_MAX_BODY,
            AUTH_DISABLED,
            AUTH_TOKEN,
            AUTH_NAME,
            AUTH_ROLE);

    private ControlKeys() {}
}
