package dev.signalbox.router;

/** What middleware says about a message. */
public sealed interface Decision {

    /** It goes on, as it was or changed. */
    record Accept(Message message) implements Decision {}

    /** It goes nowhere, and its sender is told {@code reason}. */
    record Reject(String reason) implements Decision {}

    static Decision accept(Message message) {
        return new Accept(message);
    }

    static Decision reject(String reason) {
        return new Reject(reason);
    }
}
