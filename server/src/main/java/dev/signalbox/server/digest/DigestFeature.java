package dev.signalbox.server.digest;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.digest.DigestOptions;
import dev.signalbox.delivery.digest.DigestSender;
import dev.signalbox.delivery.digest.Digests;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import java.util.List;

/**
 * The channel {@code digest}: what is addressed to {@code digest:email:alice@example.com} is gathered and sent to
 * {@code email:alice@example.com} as one message. What is gathered shows in the queue.
 */
public final class DigestFeature implements Feature {
    @Override
    public String name() {
        return "digest";
    }

    @Override
    public List<Key<?>> keys() {
        return DigestKeys.ALL;
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(DigestKeys.options(reading));
    }

    private record Configured(DigestOptions options) implements Part {
        @Override
        public void start(Node node) {
            Digests digests = open(node);
            node.channels().add(new DigestChannel(new DigestSender(digests), node.channels()));
            node.removing("messages of digests", () -> digests.removeExpired() == Digests.PORTION);
        }

        private Digests open(Node node) {
            try {
                return Digests.on(node.database(), node.queue(), options, new TemplatedDigest(node::preparation));
            } catch (DatabaseException | DeliveryQueueException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("digest", Digests::migrations, Digests::migrate));
        }
    }
}
