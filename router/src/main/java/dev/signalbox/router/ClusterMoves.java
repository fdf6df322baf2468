package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that go to the node that their client has come to. Thread-safe.
 *
 * <p>The node that has a session takes it out, and only then sends it: so that no two nodes ever have it, whatever is lost. If it is lost on the
 * way, its client is told that it begins anew.
 */
final class ClusterMoves {
    /** How long a client waits for its session; then it begins a new one. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Of messages in one frame: so that it fits into any link's publication. */
    private static final int PART_BYTES = 16 << 10;

    /** What a message may take in a frame beside what {@link Message#bytes} counts: addresses above all. */
    private static final int SLACK = 4 << 10;

    /** A session that was asked for. */
    private record Fetching(
            RemoteNode from, CompletableFuture<Optional<MovedSession>> outcome, List<Message> messages) {}

    private final ClusterParts parts;
    private final ClusterSender sender;
    private final int maxBytes;
    private final Map<UUID, Fetching> fetching = new ConcurrentHashMap<>();

    ClusterMoves(ClusterParts parts, ClusterSender sender, int maxBytes) {
        this.parts = parts;
        this.sender = sender;
        this.maxBytes = maxBytes;
    }

    /** Fetches a session from the node that has it. Empty if that does not give it away, or does not answer in time. */
    CompletionStage<Optional<MovedSession>> fetch(RemoteNode node, Address.Session session, String token) {
        if (sender.refusal() != null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        UUID id = MessageId.next();
        CompletableFuture<Optional<MovedSession>> outcome = new CompletableFuture<>();
        fetching.put(id, new Fetching(node, outcome, new ArrayList<>()));
        Deadlines.Timer timer = parts.deadlines()
                .at(
                        parts.clock().instant().plus(PATIENCE),
                        () -> parts.deadlines().elsewhere(() -> fail(id)));
        sender.tell(node, new ClusterFrame.Fetch(id, session, proof(token)));
        return outcome.whenComplete((moved, failure) -> timer.cancel());
    }

    /** The token itself is not said where others may read it. */
    static String proof(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void fail(UUID id) {
        Fetching failed = fetching.remove(id);
        if (failed != null) {
            failed.outcome().complete(Optional.empty());
        }
    }

    void gone(RemoteNode node) {
        fetching.forEach((id, each) -> {
            if (each.from() == node) {
                fail(id);
            }
        });
    }

    /** Another node asks for a session. */
    void asked(RemoteNode node, ClusterFrame.Fetch asked) {
        Optional<MovedSession> moved = parts.router()
                .life()
                .handOver(asked.session(), asked.proof(), message -> message.bytes() + SLACK <= maxBytes);
        List<Message> part = new ArrayList<>();
        int bytes = 0;
        for (Message message : moved.map(MovedSession::messages).orElse(List.of())) {
            if (!part.isEmpty() && bytes + message.bytes() > PART_BYTES) {
                sender.tell(node, new ClusterFrame.FetchedMessages(asked.id(), part));
                part.clear();
                bytes = 0;
            }
            part.add(message);
            bytes += message.bytes();
        }
        if (!part.isEmpty()) {
            sender.tell(node, new ClusterFrame.FetchedMessages(asked.id(), part));
        }
        int count = moved.map(MovedSession::messages).map(List::size).orElse(0);
        sender.tell(
                node,
                new ClusterFrame.Fetched(asked.id(), count, moved.map(session -> session.withMessages(List.of()))));
    }

    void arrived(ClusterFrame.FetchedMessages part) {
        Fetching known = fetching.get(part.id());
        if (known != null) {
            known.messages().addAll(part.messages());
        }
    }

    /** The last of a session, which follows its messages. If one of these was lost, so is the session. */
    void arrived(ClusterFrame.Fetched last) {
        Fetching known = fetching.remove(last.id());
        if (known != null) {
            known.outcome()
                    .complete(last.session()
                            .filter(session -> known.messages().size() == last.messages())
                            .map(session -> session.withMessages(known.messages())));
        }
    }
}
