package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.BatchConflictException;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Violation;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Tells a caller why a message is not, or not for certain, in the queue: another one has its id or key, or a commit was cut. */
final class Conflicts {
    private Conflicts() {}

    /**
     * What differs.
     *
     * @param shown the caller's word for a field of a message in JSON
     */
    static List<Violation> violations(Receipt receipt, UnaryOperator<String> shown) {
        String message = "differs from message " + receipt.id() + ", which has the same id or dedupe key";
        return receipt.differing().stream()
                .map(field -> new Violation(shown.apply(field.equals("steps") ? "reach" : field), message))
                .toList();
    }

    static Problem sameIdOrKey(Receipt receipt) {
        return problem(
                409,
                receipt,
                "the id or dedupe key belongs to message " + receipt.id()
                        + ", which is a different one; see errors for what differs, or give this message another id or"
                        + " dedupe key");
    }

    static Problem sameIdempotencyKey(Receipt receipt) {
        return problem(
                422,
                receipt,
                "the Idempotency-Key was used for message " + receipt.id()
                        + ", which is a different one; see errors for what differs, or send this message with a new key");
    }

    static Problem sameBatchId(BatchConflictException conflict) {
        String message = "differs from batch " + conflict.batch() + ", which has the same id";
        return new Problem(
                        409,
                        "the id belongs to batch " + conflict.batch()
                                + ", which is a different one; see errors for what differs, or give this batch another id")
                .with(
                        "errors",
                        conflict.differing().stream()
                                .map(field -> new Violation(field, message))
                                .toList())
                .with("id", conflict.batch());
    }

    /** Nobody knows whether it was committed. The id makes sending it again safe. */
    static Problem inDoubt(UUID id) {
        return new Problem(
                        503,
                        "the connection to the queue's database broke before it confirmed, so message " + id
                                + " may or may not be in the queue; send it again with this id, or the same dedupe key or"
                                + " Idempotency-Key, which is safe")
                .with("id", id)
                .with("inDoubt", true)
                .header("Retry-After", "5");
    }

    /** The same for a batch: its database failed, maybe while it confirmed. */
    static Problem batchInDoubt(UUID id) {
        return new Problem(
                        503,
                        "the queue's database did not confirm, so batch " + id
                                + " may or may not be there; send it again with this id, which is safe")
                .with("id", id)
                .with("inDoubt", true)
                .header("Retry-After", "5");
    }

    private static Problem problem(int status, Receipt receipt, String detail) {
        return new Problem(status, detail)
                .with("errors", violations(receipt, UnaryOperator.identity()))
                .with("id", receipt.id());
    }
}
