package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Role;
import java.util.Optional;

/**
 * What of bodies is shown: where they are encrypted in the database, only an admin sees them. What stands in their place is a word
 * that says why.
 *
 * @param encrypted whether this server encrypts bodies
 * @param admin whether the one who asks is an admin
 */
record ShownBodies(boolean encrypted, boolean admin) {
    private static final String ENCRYPTED = "encrypted";
    private static final String REDACTED = "redacted";

    static ShownBodies of(BodyProtection bodies) {
        return new ShownBodies(bodies.encrypts(), false);
    }

    /** To the one who sent this request. */
    ShownBodies to(Request request) {
        boolean admin = request.principal()
                .map(principal -> principal.role().includes(Role.ADMIN))
                .orElse(false);
        return new ShownBodies(encrypted, admin);
    }

    String of(Reach reach) {
        return withheld(reach).orElse(reach.body());
    }

    /** Why the body is not shown, if it is not. */
    Optional<String> withheld(Reach reach) {
        if (reach.body().equals(Reach.REDACTED_BODY)) {
            return Optional.of(REDACTED);
        }
        return encrypted && !admin ? Optional.of(ENCRYPTED) : Optional.empty();
    }
}
