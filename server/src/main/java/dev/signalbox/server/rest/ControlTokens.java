package dev.signalbox.server.rest;

import dev.signalbox.server.rest.ControlSettings.Access;
import dev.signalbox.server.rest.ControlSettings.Holder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Who may use the control port. Compares in constant time. Immutable and thread-safe. */
public final class ControlTokens {
    private static final String EVERYONE = "everyone";

    private final boolean open;
    private final TokenTable<Principal> tokens;

    private ControlTokens(boolean open, List<Holder> holders) {
        this.open = open;
        this.tokens = new TokenTable<>(holders.stream()
                .map(holder -> new TokenTable.Entry<>(holder.token(), new Principal(holder.name(), holder.role())))
                .toList());
    }

    /**
     * The tokens of the configuration; if it has none and asks for them, the admin's of the data folder, made if it is
     * missing.
     *
     * @throws java.io.UncheckedIOException if that one cannot be read or made
     */
    public static ControlTokens of(Access auth, Path dataFolder) {
        if (auth.disabled() || !auth.holders().isEmpty()) {
            return new ControlTokens(auth.disabled(), auth.holders());
        }
        return new ControlTokens(false, List.of(new Holder("admin", Role.ADMIN, AdminToken.findOrCreate(dataFolder))));
    }

    /** Whose token it is; with authentication disabled everyone, as an admin, with any token or none (empty text). */
    public Optional<Principal> identify(String token) {
        return open ? Optional.of(new Principal(EVERYONE, Role.ADMIN)) : tokens.find(token);
    }
}
