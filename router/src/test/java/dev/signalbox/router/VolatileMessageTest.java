package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SERVER;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are for those who subscribe to a topic now, and are not kept. */
class VolatileMessageTest {
    private static final Address.Topic NEWS = Address.topic("news");

    private final RouterFixture fixture = new RouterFixture();
    private final Router router = fixture.router;
    private final ClientSession alice = fixture.endpoint.connect("alice", new FakeConnection());

    @BeforeEach
    void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** What it is handed, as text and offset. */
    private static final class Reader implements Shard {
        final List<String> seen = new ArrayList<>();
        boolean hasRoom = true;
        int reserved;

        @Override
        public boolean reserve(Message message) {
            reserved += hasRoom ? 1 : 0;
            return hasRoom;
        }

        @Override
        public void release(Message message) {
            reserved--;
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            reserved--;
            seen.add(publication.message().payload() + " " + publication.offset());
        }
    }

    private Reader reader(String topic) {
        Reader reader = new Reader();
        ((Subscribing.Subscribed) alice.subscribe(topic, new TopicStart.Now()))
                .topic()
                .attach(reader);
        return reader;
    }

    @Test
    void whoSubscribesNowGetsItInOrderAndNothingOfItIsKept() {
        Reader reader = reader("news");
        Reader pattern = reader("ne*");
        router.publish(to(NEWS, "kept"), Optional.empty());
        assertThat(alice.publishVolatile(draft(NEWS, "typing"))).isEqualTo(new Publishing.Passed());
        assertThat(router.publishVolatile(to(NEWS, "still typing"))).isEqualTo(new Publishing.Passed());
        router.publish(to(NEWS, "kept, too"), Optional.empty());

        assertThat(reader.seen).containsExactly("kept 1", "typing 0", "still typing 0", "kept, too 2");
        assertThat(pattern.seen).isEqualTo(reader.seen);
        assertThat(router.read("news", 0, 1 << 20).orElseThrow().publications())
                .extracting(each -> each.message().payload())
                .containsExactly(text("kept"), text("kept, too"));
        assertThat(router.topic("ne*").orElseThrow().last()).isEqualTo(2);
    }

    @Test
    void allWhoSubscribeGetItOrNobodyDoes() {
        Reader reader = reader("news");
        Reader full = reader("ne*");
        full.hasRoom = false;

        assertThat(alice.publishVolatile(draft(NEWS, "x")))
                .isInstanceOfSatisfying(
                        Publishing.Refused.class,
                        refused -> assertThat(refused.error().code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(reader.seen).isEmpty();
        assertThat(reader.reserved).as("given back").isZero();
    }

    @Test
    void itPassesTheSameDoorsAsWhatIsKept() {
        Reader reader = reader("news");
        assertThat(router.publishVolatile(to(Address.topic("news~presence"), "x")))
                .isInstanceOf(Publishing.Refused.class);
        assertThat(router.publishVolatile(to(Address.topic("ne*"), "x"))).isInstanceOf(Publishing.Refused.class);
        assertThat(router.publishVolatile(
                        Message.of(SERVER, List.of(NEWS, Address.topic("other")), text("to two topics"))))
                .isInstanceOf(Publishing.Refused.class);
        router.authorize((principal, operation, address) -> operation != Authorizer.Operation.PUBLISH);
        assertThat(alice.publishVolatile(draft(NEWS, "x")))
                .isInstanceOfSatisfying(
                        Publishing.Refused.class,
                        refused -> assertThat(refused.error().code()).isEqualTo(ErrorCode.FORBIDDEN));
        router.onSend(message -> Decision.reject("not today"));
        assertThat(router.publishVolatile(to(NEWS, "x"))).isInstanceOf(Publishing.Refused.class);
        assertThat(reader.seen).isEmpty();
    }
}
