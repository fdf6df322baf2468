package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of topics that all nodes share have in common: two nodes, and what is done with such a topic. */
abstract class ClusterHistoryFixture {
    static final String NEWS = ClusterFixture.SHARED + "/news";
    static final Address.Topic TOPIC = Address.topic(NEWS);

    final ClusterFixture fixture = new ClusterFixture();
    final ClusterFixture.Node one = fixture.node("one");
    final ClusterFixture.Node two = fixture.node("two");
    final ClientSession alice = one.connect("alice", new FakeConnection());
    final ClientSession bob = two.connect("bob", new FakeConnection());

    /** What is done meanwhile is lost to the subscribers of the node, as far as the link carries it. */
    void losesTopicsOf(ClusterFixture.Node node, Runnable meanwhile) {
        node.link.loses = channel -> channel.name().startsWith("topic.");
        meanwhile.run();
        awaitCarriedTo(node);
        node.link.loses = channel -> false;
    }

    /**
     * Waits until the link has carried to the node all that was published before: who publishes learns that it is in the history, and other nodes
     * are told after that.
     */
    void awaitCarriedTo(ClusterFixture.Node node) {
        FakeConnection marked = new FakeConnection();
        ClientSession reader = node.connect("marked", marked);
        fixture.settle();
        for (ClusterFixture.Node other : fixture.nodes) {
            other.router.send(to(reader.info().address(), "mark"));
        }
        eventually().until(() -> marked.offered.size() == fixture.nodes.size());
    }

    @BeforeEach
    void settle() {
        fixture.settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    static Subscribing.Subscribed subscribe(ClientSession session, TopicStart from) {
        Subscribing subscribing = session.subscribe(NEWS, from);
        if (subscribing instanceof Subscribing.Later(var ready)) {
            assertThat(get(ready)).isEmpty();
            return subscribe(session, from);
        }
        assertThat(subscribing).isInstanceOf(Subscribing.Subscribed.class);
        return (Subscribing.Subscribed) subscribing;
    }

    static Follower follow(ClientSession session, TopicStart from) {
        return new Follower(subscribe(session, from));
    }

    static Follower follow(ClientSession session) {
        return follow(session, new TopicStart.Now());
    }

    static Publishing publish(ClientSession session, String text) {
        return session.publish(draft(TOPIC, text), Optional.empty());
    }

    static Publishing settled(Publishing publishing) {
        return publishing instanceof Publishing.Later(var outcome) ? get(outcome) : publishing;
    }

    /** Publishes, and waits until it is there. */
    static Position published(ClientSession session, String... texts) {
        List<Position> positions = new ArrayList<>();
        for (String text : texts) {
            Publishing publishing = settled(publish(session, text));
            assertThat(publishing).isInstanceOf(Publishing.Published.class);
            positions.add(((Publishing.Published) publishing).position());
        }
        return positions.getLast();
    }

    static RouteError refusal(Publishing publishing) {
        assertThat(publishing).isInstanceOf(Publishing.Refused.class);
        return ((Publishing.Refused) publishing).error();
    }

    static void awaitTexts(Follower follower, String... texts) {
        eventually().untilAsserted(() -> assertThat(follower.texts()).containsExactly(texts));
    }

    /** Moves the clock in steps, as long as the follower has other texts: what is lost is asked for after some time only. */
    void passUntilTexts(Follower follower, String... texts) {
        fixture.passUntil(
                Duration.ofMinutes(1), () -> assertThat(follower.texts()).containsExactly(texts));
    }
}
