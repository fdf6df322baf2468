package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of another node about who is in topics, by one that follows all partitions, as it does while a pattern is subscribed to. */
class ClusterPresencePaceTest {
    private static final int PARTITIONS = 256;
    private static final ClusterOptions OPTIONS =
            ClusterOptions.of("one", ClusterFixture.SECRET).withWaitingBytes(1 << 20);

    /** Keeps what is published to nodes. */
    private static final class Recording implements ClusterLink {
        private final List<byte[]> published = new CopyOnWriteArrayList<>();
        private final Queue<CompletableFuture<Void>> answers = new ConcurrentLinkedQueue<>();
        private volatile boolean isSlow;

        @Override
        public int maxBytes() {
            return 1 << 20;
        }

        @Override
        public void start(Listener listener) {
            // Nothing is told.
        }

        @Override
        public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
            if (channel.name().startsWith("node.")) {
                published.add(bytes);
            }
            if (!isSlow) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }

        private void answer() {
            for (CompletableFuture<Void> next = answers.poll(); next != null; next = answers.poll()) {
                next.complete(null);
            }
        }

        @Override
        public CompletionStage<Void> subscribe(Channel channel) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void unsubscribe(Channel channel) {
            // Nobody hears it.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final Recording link = new Recording();
    private final SettableClock clock = new SettableClock();
    private final ClusterCodec codec = new ClusterCodec(clock);
    private final ClusterWriter writer =
            new ClusterWriter(link, new ClusterEnvelope(ClusterFixture.SECRET), UUID.randomUUID(), false);
    private final ClusterSender sender = new ClusterSender(writer, codec, OPTIONS, link.maxBytes());
    private final ClusterPresence presence = new ClusterPresence(clock, sender);
    private final RemoteNode node = node();

    private RemoteNode node() {
        UUID id = UUID.randomUUID();
        return new RemoteNode(
                id,
                sender.outbox(ClusterSender.channel(id)),
                clock.instant(),
                one -> new ClusterCopy<>(clock, new ClusterCopy.Keeper<SessionInfo, ClusterFrame>() {
                    @Override
                    public void apply(ClusterFrame change) {
                        throw new UnsupportedOperationException("no session is told of");
                    }

                    @Override
                    public void replace(List<SessionInfo> all) {
                        throw new UnsupportedOperationException("no session is told of");
                    }

                    @Override
                    public void ask() {
                        throw new UnsupportedOperationException("no session is asked for");
                    }
                }));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    /** All that was said to the other node; nothing is said after it. */
    private List<ClusterFrame> said() {
        writer.close();
        return saidSoFar();
    }

    private List<ClusterFrame> saidSoFar() {
        ClusterEnvelope envelope = new ClusterEnvelope(ClusterFixture.SECRET);
        List<ClusterFrame> frames = new ArrayList<>();
        for (byte[] bytes : link.published) {
            ClusterFrames from =
                    ((ClusterEnvelope.Opened.Frames) envelope.open(ClusterSender.channel(node.id()), bytes)).frames();
            while (from.hasMore()) {
                frames.add(Objects.requireNonNull(codec.decode(from.next())));
            }
        }
        return frames;
    }

    private void followAll() {
        writer.up();
        presence.came(node);
        IntStream.range(0, PARTITIONS).forEach(presence::follows);
    }

    private void answer(int partition) {
        presence.arrived(node, new ClusterFrame.Presence(partition, new ClusterCopy.Part<>(7, 0, true, List.of())));
    }

    private static ClusterFrame[] questions(int count, long known) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new ClusterFrame.AskPresence(partition, known))
                .toArray(ClusterFrame[]::new);
    }

    @Test
    void aNodeThatDoesNotAnswerIsAskedForAFewPartitions() {
        followAll();

        assertThat(said()).containsExactly(questions(PresenceQuestions.AT_A_TIME, -1));
    }

    @Test
    void eachAnswerHasTheNextPartitionAskedFor() {
        followAll();
        IntStream.range(0, PARTITIONS).forEach(this::answer);

        assertThat(said()).containsExactly(questions(PARTITIONS, -1));
        assertThat(presence.known("any").isDone()).isTrue();
    }

    /** As after an outage: something may be missing everywhere, and in most partitions nothing is. */
    @Test
    void whereNothingHasChangedThatIsAllThatIsAnswered() {
        followAll();
        IntStream.range(0, PARTITIONS).forEach(this::answer);
        IntStream.range(0, PARTITIONS).forEach(presence::missed);
        IntStream.range(0, PARTITIONS)
                .forEach(each -> presence.unchanged(node, new ClusterFrame.PresenceUnchanged(each, 7)));

        List<ClusterFrame> said = said();
        assertThat(said.subList(PARTITIONS, said.size())).containsExactly(questions(PARTITIONS, 7));
    }

    @Test
    void whoKnowsAllIsToldSoAndWhoDoesNotGetsAll() {
        writer.up();
        presence.joined("rooms/7", "alice");
        int partition = ClusterInterest.partition("rooms/7");

        presence.asked(node, partition, 1);
        presence.asked(node, partition, 0);
        // Otherwise the next question is answered in place of this one.
        eventually().until(() -> !parts().isEmpty());
        presence.asked(node, partition, -1);

        assertThat(said())
                .containsExactly(new ClusterFrame.PresenceUnchanged(partition, 1), all(partition), all(partition));
    }

    /** The broker takes no more than 4 MiB without an answer, and 1 MiB may wait: what is asked for has 7. */
    @Test
    void whatIsLongerThanMayWaitForTheBrokerIsToldWholeAndHoldsNothingElseUp() {
        String room = "rooms/" + "x".repeat(100);
        int partition = ClusterInterest.partition(room);
        Set<String> users = IntStream.range(0, 60_000).mapToObj(i -> "user" + i).collect(Collectors.toSet());
        users.forEach(user -> presence.joined(room, user));
        link.isSlow = true;
        writer.up();

        presence.asked(node, partition, -1);
        eventually()
                .until(() ->
                        link.published.stream().mapToInt(each -> each.length).sum() >= 4 << 20);
        presence.asked(node, partition, users.size());
        eventually().until(() -> {
            link.answer();
            return !parts().isEmpty() && parts().getLast().isLast();
        });

        link.isSlow = false;
        link.answer();
        List<ClusterCopy.Part<ClusterFrame.Present>> parts = parts();
        assertThat(parts)
                .extracting(ClusterCopy.Part::number)
                .isEqualTo(IntStream.range(0, parts.size()).boxed().toList());
        assertThat(parts.stream().flatMap(part -> part.entries().stream()).map(ClusterFrame.Present::user))
                .containsExactlyInAnyOrderElementsOf(users);
        assertThat(said())
                .contains(new ClusterFrame.PresenceUnchanged(partition, users.size()))
                .last()
                .isInstanceOf(ClusterFrame.Presence.class);
    }

    private List<ClusterCopy.Part<ClusterFrame.Present>> parts() {
        return saidSoFar().stream()
                .filter(ClusterFrame.Presence.class::isInstance)
                .map(each -> ((ClusterFrame.Presence) each).part())
                .toList();
    }

    private static ClusterFrame all(int partition) {
        return new ClusterFrame.Presence(
                partition, new ClusterCopy.Part<>(1, 0, true, List.of(new ClusterFrame.Present("rooms/7", "alice"))));
    }
}
