package dev.signalbox.router;

import java.util.List;
import java.util.UUID;

/**
 * What became of a message at the moment of sending.
 *
 * @param id the message's id
 * @param accepted how many receivers took it over: logic mailboxes, and the outbound buffers of clients
 * @param errors one for each target that did not, or one without a target if the message failed as a whole
 */
public record SendReport(UUID id, int accepted, List<RouteError> errors) {
    public SendReport {
        errors = List.copyOf(errors);
    }

    static SendReport failed(UUID id, RouteError error) {
        return new SendReport(id, 0, List.of(error));
    }

    /** Whether every target took it. A broadcast to nobody is complete, too. */
    public boolean complete() {
        return errors.isEmpty();
    }
}
