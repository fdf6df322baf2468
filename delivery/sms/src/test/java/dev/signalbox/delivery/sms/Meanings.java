package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;

/** Results in a word, for tables. */
final class Meanings {
    private Meanings() {}

    static String of(SendResult result) {
        return switch (result) {
            case SendResult.Accepted _ -> "accepted";
            case SendResult.NotSent notSent -> notSent.scope() == SendResult.Scope.ACCOUNT ? "account" : "not sent";
            case SendResult.Rejected _ -> "rejected";
            case SendResult.Unknown _ -> "unknown";
        };
    }
}
