package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Subscribing.Subscribed;
import dev.signalbox.router.Position;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.TopicInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A client of a {@link TopicSimulation}. It checks that the messages of each topic come in order, none twice, none missing but
 * for those that a gap names, and that those are really gone; that what goes to it and to all comes in the order of sending; and
 * at the end, that nothing is missing.
 */
final class SimulatedClient {
    private static final UUID NONE = new UUID(0, 0);

    /** What it has seen of a topic. */
    private static final class Progress {
        private UUID epoch = NONE;
        private long expected;
        private boolean subscribed;
        private int lastPassed = -1;
    }

    /** A subscription as asked for; the offset is below 0 if it named none to resume from. */
    private record Asked(String topic, UUID epoch, long offset) {}

    private final String name;
    private final TopicSimulation simulation;
    private final Map<String, Progress> topics = new HashMap<>();
    /** What was asked for, by the id of the frame. */
    private final Map<String, Asked> asked = new HashMap<>();

    private final Set<Integer> directs = new HashSet<>();
    private SimulatedLink link;
    private boolean away;
    private boolean unnoticed;
    private Optional<String> token = Optional.empty();
    private int lastDirect;
    private int lastToAll;
    private boolean ordersBoth;
    private int frames;

    SimulatedClient(String name, TopicSimulation simulation) {
        this.name = name;
        this.simulation = simulation;
        this.link = new SimulatedLink(name, simulation, new SessionStart.Resumable());
        begin();
    }

    String name() {
        return name;
    }

    /** A new session. */
    private void begin() {
        token = link.session.resumption().map(Resumption::token);
        lastDirect = -1;
        lastToAll = -1;
        ordersBoth = true;
        directs.clear();
        asked.clear();
    }

    void end() {
        if (!away || unnoticed) {
            link.end();
        }
    }

    void reconnect() {
        if (!away) {
            read();
            link.end();
            connectAgain();
        }
    }

    /** With another connection, to the same session if that can be. */
    private void connectAgain() {
        Map<String, Position> seen = new HashMap<>();
        topics.forEach((topic, progress) -> {
            if (progress.subscribed && simulation.random.nextInt(4) > 0) {
                seen.put(topic, new Position(progress.epoch, progress.expected - 1));
            }
        });
        link = new SimulatedLink(name, simulation, new SessionStart.Resume(token.orElse(""), seen));
        asked.clear();
        link.session
                .resumption()
                .flatMap(Resumption::resumed)
                .ifPresentOrElse(resumed -> goOn(resumed, seen), this::beginAnew);
    }

    /** In each topic from where it was. */
    private void beginAnew() {
        simulation.refused++;
        begin();
        topics.forEach((topic, progress) -> {
            if (progress.subscribed) {
                progress.subscribed = false;
                resume(topic, progress.epoch, progress.expected - 1);
            }
        });
    }

    /** In the topics that the server names: what was said last may not have come through. */
    private void goOn(Resumption.Resumed resumed, Map<String, Position> seen) {
        simulation.resumed++;
        ordersBoth = false;
        topics.values().forEach(progress -> progress.subscribed = false);
        for (Subscribed each : resumed.topics()) {
            Progress progress = topics.computeIfAbsent(each.topic().name(), none -> new Progress());
            Position given = seen.get(each.topic().name());
            if (given != null) {
                assertGoesOn(each, given);
            }
            progress.subscribed = true;
            progress.epoch = each.topic().epoch();
            progress.expected = each.after() + 1;
        }
    }

    private void assertGoesOn(Subscribed subscribed, Position given) {
        boolean same = subscribed.topic().epoch().equals(given.epoch());
        assertThat(subscribed.recovered() && !same).as("recovered another life").isFalse();
        if (same) {
            assertThat(subscribed.after()).isEqualTo(given.offset());
            assertThat(subscribed.recovered()).isEqualTo(subscribed.topic().first() <= given.offset() + 1);
        }
    }

    /** Its connection breaks, and what it has not read is gone. The server may not notice that. */
    void lose() {
        if (away) {
            return;
        }
        if (simulation.random.nextBoolean()) {
            read();
        }
        away = true;
        directs.clear();
        unnoticed = simulation.random.nextInt(3) == 0;
        if (!unnoticed) {
            link.breaks();
        }
    }

    void comeBackIfAway() {
        if (away) {
            away = false;
            SimulatedLink before = link;
            connectAgain();
            if (unnoticed) {
                // What was sent to the dead connection is lost.
                directs.clear();
                before.end();
            }
        }
    }

    void toggleWritable() {
        setWritable(!link.writable);
    }

    void makeWritable() {
        setWritable(true);
    }

    private void setWritable(boolean changed) {
        if (!away && !link.closing) {
            link.writable = changed;
            link.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, changed);
            link.channel.runPendingTasks();
        }
    }

    void expectDirect(int number) {
        if (number >= 0 && !(away && unnoticed)) {
            directs.add(number);
        }
    }

    private void ask(String topic, String rest, UUID epoch, long offset) {
        String id = "f" + frames++;
        asked.put(id, new Asked(topic, epoch, offset));
        link.conversation.text(TopicSimulation.utf8(
                "{\"type\":\"subscribe\",\"id\":\"" + id + "\",\"topic\":\"" + topic + "\"" + rest + "}"));
    }

    void subscribe(String topic) {
        if (away || link.closing) {
            return;
        }
        Progress progress = topics.computeIfAbsent(topic, none -> new Progress());
        switch (simulation.random.nextInt(4)) {
            case 0 -> ask(topic, "", NONE, -1);
            case 1 -> ask(topic, ",\"offset\":0", NONE, -1);
            case 2 -> resume(topic, NONE, 5);
            default -> resume(topic, progress.epoch, Math.max(0, progress.expected - 1));
        }
    }

    private void resume(String topic, UUID epoch, long offset) {
        ask(topic, ",\"epoch\":\"" + epoch + "\",\"offset\":" + offset, epoch, offset);
    }

    void unsubscribe(String topic) {
        if (!away && !link.closing && topics.containsKey(topic)) {
            String id = "u" + frames++;
            asked.put(id, new Asked(topic, NONE, -1));
            link.conversation.text(TopicSimulation.utf8(
                    "{\"type\":\"unsubscribe\",\"id\":\"" + id + "\",\"topic\":\"" + topic + "\"}"));
        }
    }

    /** Also while it is away, whether the server has noticed or not. */
    void isSubscribedByTheServer(String topic) {
        simulation.router.subscribe(link.session.info().id(), topic);
        runWishes();
    }

    void isUnsubscribedByTheServer(String topic) {
        simulation.router.unsubscribe(link.session.info().id(), topic);
        runWishes();
    }

    private void runWishes() {
        if (!link.closing) {
            link.channel.runPendingTasks();
        }
    }

    void read() {
        if (away) {
            return;
        }
        link.readAll(this::seen);
        if (link.closing) {
            link.end();
            connectAgain();
        }
    }

    private void seen(JsonNode frame) {
        switch (frame.get("type").asString()) {
            case "message" -> message(frame);
            case "gap" -> gap(frame);
            case "ok" -> ok(frame);
            case "subscribed" -> joined(frame);
            case "unsubscribed" -> progress(frame.get("topic").asString()).subscribed = false;
            case "error" -> assertThat(frame.get("message").asString()).contains("does not subscribe");
            default -> throw new AssertionError("unexpected: " + frame);
        }
    }

    private void ok(JsonNode frame) {
        String id = frame.get("id").asString();
        Asked question = Objects.requireNonNull(asked.remove(id));
        Progress progress = progress(question.topic());
        if (id.startsWith("u")) {
            progress.subscribed = false;
            return;
        }
        UUID epoch = UUID.fromString(frame.get("epoch").asString());
        long offset = frame.get("offset").asLong();
        assertAnswers(question, epoch, offset, frame.get("recovered").asBoolean());
        progress.epoch = epoch;
        progress.expected = offset + 1;
        progress.subscribed = true;
    }

    private void joined(JsonNode frame) {
        Progress progress = topics.computeIfAbsent(frame.get("topic").asString(), none -> new Progress());
        progress.epoch = UUID.fromString(frame.get("epoch").asString());
        progress.expected = frame.get("offset").asLong() + 1;
        progress.subscribed = true;
        simulation.joined++;
    }

    /** It is recovered if nothing was lost, and only then. */
    private void assertAnswers(Asked question, UUID epoch, long offset, boolean recovered) {
        if (question.offset() < 0) {
            assertThat(recovered).isTrue();
        } else if (recovered) {
            assertThat(epoch).isEqualTo(question.epoch());
            assertThat(offset).isEqualTo(question.offset());
        } else if (epoch.equals(question.epoch())) {
            assertThat(simulation.router.topic(question.topic()).orElseThrow().first())
                    .as("something is gone")
                    .isGreaterThan(question.offset() + 1);
        }
    }

    private Progress progress(String topic) {
        return Objects.requireNonNull(topics.get(topic));
    }

    private void message(JsonNode frame) {
        String text = frame.get("text").asString();
        if (!frame.has("topic")) {
            numbered(Integer.parseInt(text));
            return;
        }
        Progress progress = progress(frame.get("topic").asString());
        assertThat(progress.subscribed).isTrue();
        if (!frame.has("offset")) {
            passed(progress, Integer.parseInt(text));
            return;
        }
        assertThat(frame.get("offset").asLong())
                .as("the next of topic %s", frame.get("topic"))
                .isEqualTo(progress.expected);
        assertThat(text).isEqualTo(simulation.published(progress.epoch, progress.expected));
        progress.expected++;
    }

    /** A volatile message may be missing, but comes once and in order. */
    private void passed(Progress progress, int number) {
        assertThat(number).as("the order of what is volatile").isGreaterThan(progress.lastPassed);
        progress.lastPassed = number;
        simulation.passed++;
    }

    /** What goes to it comes in order, and what goes to all does; together only until it first came back. */
    private void numbered(int number) {
        boolean toAll = simulation.isToAll(number);
        int last = ordersBoth ? Math.max(lastDirect, lastToAll) : toAll ? lastToAll : lastDirect;
        assertThat(number).as("the order of what goes to it and to all").isGreaterThan(last);
        lastToAll = toAll ? number : lastToAll;
        lastDirect = toAll ? lastDirect : number;
        directs.remove(number);
    }

    private void gap(JsonNode frame) {
        String topic = frame.get("topic").asString();
        Progress progress = progress(topic);
        long next = frame.get("next").asLong();
        assertThat(frame.get("expected").asLong()).isEqualTo(progress.expected);
        assertThat(next).isGreaterThan(progress.expected);
        if (frame.has("conflated")) {
            simulation.assertHasNewer(progress.epoch, progress.expected, next);
        } else {
            assertThat(simulation.router.topic(topic).orElseThrow().first())
                    .as("what a gap names is gone")
                    .isGreaterThanOrEqualTo(next);
            simulation.gaps++;
        }
        progress.expected = next;
    }

    /** It is writable, and the event loop has had its turns. */
    void assertComplete() {
        assertThat(directs).as("direct messages that never came to %s", name).isEmpty();
        topics.forEach((topic, progress) -> {
            if (progress.subscribed) {
                TopicInfo info = simulation.router.topic(topic).orElseThrow();
                assertThat(info.epoch()).isEqualTo(progress.epoch);
                assertThat(progress.expected).as("the end of topic %s", topic).isEqualTo(info.last() + 1);
            }
        });
    }
}
