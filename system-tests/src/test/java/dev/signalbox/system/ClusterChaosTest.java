package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three servers as processes on one broker, each over a proxy of its own, with clients that write to each other, publish and have logic run
 * while nodes, the broker and the network between them fail. {@link ClusterChaosHistory} judges what the clients saw. After each fault all nodes
 * have to agree on who is connected, and everybody reaches everybody.
 */
@Timeout(24 * 3600)
class ClusterChaosTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterChaosTest.class);
    private static final int SHORT_ROUNDS = 3;
    /** On each cluster, so that the long form has 1,000. */
    private static final int ROUNDS = Effort.of(SHORT_ROUNDS, 250);

    private static final boolean SHORT = ROUNDS == SHORT_ROUNDS;
    /** The short form is the same each time, so that a failure says that something has changed. */
    private static final long SEED = SHORT
            ? Long.getLong("signalbox.seed", 40)
            : Effort.seeds(1).findFirst().orElseThrow();

    private static final String REPLAY = Effort.replay(ClusterChaosTest.class, SEED);
    private static final int NODES = 3;
    private static final int USERS = 6;

    /** What is promised on a machine with room; the short form runs beside other tests. */
    private static final Duration CONVERGENCE = Duration.ofSeconds(Effort.of(90, 15));

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private enum Fault {
        KILL_NODE,
        FREEZE_NODE,
        RESTART_BROKER,
        FREEZE_BROKER,
        EMPTY_BROKER,
        CUT_OFF,
        DEAFEN,
        SILENCE,
        SLOW_DOWN
    }

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final ClusterChaosHistory history = new ClusterChaosHistory();
    private final List<ClusterChaosNode> nodes = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Fault> deck = new ArrayList<>();
    private int read;

    /** A broker, and whose the history of the topic is. */
    record Cluster(ClusterChaosBroker.Kind kind, String scope) {}

    /** The long form tries all; the short one, one of them. */
    static Stream<Cluster> clusters() {
        List<Cluster> all = Stream.of("node", "cluster")
                .flatMap(scope -> Stream.of(ClusterChaosBroker.Kind.values()).map(kind -> new Cluster(kind, scope)))
                .toList();
        return SHORT ? Stream.of(all.get((int) (SEED % all.size()))) : all.stream();
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void whateverFailsNothingComesTwiceOrOutOfOrderOrIsMissedUnseen(Cluster cluster) throws Exception {
        ClusterChaosBroker broker = opened(cluster.kind().start());
        startNodes(broker, cluster.scope());
        ClusterChaosTraffic traffic = opened(new ClusterChaosTraffic(
                users(), nodes.stream().map(ClusterChaosNode::clientsPort).toList(), history, new Random(SEED)));
        awaitAgreement(traffic, "the beginning");
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        for (int round = 0; round < ROUNDS; round++) {
            Fault fault = next();
            faults.merge(fault, 1, Integer::sum);
            strike(fault, broker, traffic);
            judge(traffic, "round " + round + ", " + fault + ", " + cluster + "; " + REPLAY);
        }
        LOG.info("{}: {}; {}", cluster, faults, history.counts());
        assertThat(history.counts())
                .as("what was tried; %s", REPLAY)
                .containsKeys("told", "handled", "acknowledged", "published", "heard", "ran", "replied");
    }

    /** All of them in an order of chance, before one comes again. */
    private Fault next() {
        if (deck.isEmpty()) {
            deck.addAll(List.of(Fault.values()));
            Collections.shuffle(deck, random);
        }
        return deck.removeFirst();
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.add(part);
        return part;
    }

    private static List<String> users() {
        return IntStream.range(0, USERS).mapToObj(i -> "u" + i).toList();
    }

    /** The logic is not on the first node, so that its clients' messages have to go to another. */
    private void startNodes(ClusterChaosBroker broker, String scope) throws Exception {
        for (int i = 0; i < NODES; i++) {
            List<String> settings = new ArrayList<>(settings());
            settings.add("topics.rules.0.history.scope=" + scope);
            if (i > 0) {
                settings.addAll(noting());
            }
            nodes.add(opened(new ClusterChaosNode("n" + i, folder, broker, settings)));
        }
        nodes.forEach(ClusterChaosNode::awaitReady);
    }

    private static List<String> settings() {
        List<String> settings = new ArrayList<>(List.of(
                "cluster.secret=the secret of the nodes of this test",
                "cluster.heartbeat=500ms",
                "cluster.lease=3s",
                "topics.rules.0.name=" + ClusterChaosClient.TOPIC,
                "topics.rules.0.publish=*",
                "topics.rules.0.subscribe=*"));
        for (String user : users()) {
            String key = "clients.tokens." + users().indexOf(user);
            settings.add(key + ".client=" + user);
            settings.add(key + ".token=" + ClusterChaosClient.token(user));
        }
        return settings;
    }

    /** A command that adds its argument to a file, as a line. */
    private List<String> noting() throws Exception {
        Path script = folder.resolve("note.sh");
        Files.writeString(script, "echo \"$1\" >>'" + notes() + "'\n");
        return List.of(
                "exec.clients=*",
                "exec.commands.0.name=note",
                "exec.commands.0.command=/bin/sh " + script,
                "exec.commands.0.arguments=[a-z0-9.-]+",
                "exec.commands.0.concurrency=100");
    }

    private Path notes() {
        return folder.resolve("notes");
    }

    private void strike(Fault fault, ClusterChaosBroker broker, ClusterChaosTraffic traffic) throws Exception {
        ClusterChaosNode victim = nodes.get(random.nextInt(NODES));
        FaultProxy proxy = victim.proxy();
        traffic.awaitFrames(20);
        switch (fault) {
            case KILL_NODE -> {
                victim.kill();
                traffic.awaitFrames(random.nextInt(100));
                victim.startAgain();
            }
            case FREEZE_NODE -> {
                victim.signal("STOP");
                traffic.awaitFrames(random.nextInt(400));
                victim.signal("CONT");
            }
            case RESTART_BROKER -> {
                broker.kill();
                traffic.awaitFrames(random.nextInt(200));
                broker.startAgain();
            }
            case FREEZE_BROKER -> {
                broker.freeze();
                traffic.awaitFrames(random.nextInt(400));
                broker.thaw();
            }
            case EMPTY_BROKER -> broker.forget();
            case CUT_OFF -> {
                proxy.cut();
                traffic.awaitFrames(random.nextInt(400));
            }
            case DEAFEN -> {
                proxy.swallowAnswers();
                traffic.awaitFrames(random.nextInt(400));
                proxy.cutOnce();
            }
            case SILENCE -> {
                proxy.silence();
                traffic.awaitFrames(random.nextInt(400));
            }
            case SLOW_DOWN -> {
                proxy.delay(Duration.ofMillis(random.nextInt(10, 300)));
                traffic.awaitFrames(random.nextInt(100, 300));
            }
        }
        proxy.heal();
        traffic.awaitFrames(20);
    }

    private void judge(ClusterChaosTraffic traffic, String when) throws Exception {
        traffic.pause();
        awaitAgreement(traffic, when);
        traffic.reachEachOther(when);
        readNotes();
        assertThat(history.faults()).as(when).isEmpty();
        traffic.resume();
    }

    private void awaitAgreement(ClusterChaosTraffic traffic, String when) {
        long begun = System.nanoTime();
        await("all nodes to agree on who is connected; " + when)
                .atMost(CONVERGENCE)
                .pollInterval(LOOK_AGAIN)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(
                        () -> assertThat(disagreements(traffic.sessions())).isEmpty());
        LOG.debug("{}: agreed after {} ms", when, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    private List<String> disagreements(Set<String> sessions) throws Exception {
        List<String> all = new ArrayList<>();
        if (sessions.size() != USERS) {
            all.add("of " + USERS + " clients these are back: " + sessions);
        }
        for (int i = 0; i < NODES; i++) {
            String node = "n" + i + ": ";
            nodes.get(i).disagrees(NODES, sessions).ifPresent(why -> all.add(node + why));
        }
        return all;
    }

    private void readNotes() throws Exception {
        if (Files.exists(notes())) {
            List<String> lines = Files.readAllLines(notes());
            lines.subList(read, lines.size()).forEach(history::ran);
            read = lines.size();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : opened.reversed()) {
            part.close();
        }
    }
}
