package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to an inbox while one of its messages is on its way to the connection. */
class InboxRaceTest {
    private final RouterFixture fixture = new RouterFixture();
    private final FakeConnection connection = new FakeConnection(0);
    private final LiveSession session = session();
    private final User user = session.user();

    private LiveSession session() {
        ClientGateway.Admission admission = fixture.endpoint
                .gateway()
                .connect(new Principal("alice", Map.of()), connection, new SessionStart.Resumable());
        return ((Attachment) ((ClientGateway.Admission.Admitted) admission).session()).session();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Message from(String logic, String text) {
        return Message.of(Address.logic(logic), user.address(), Payload.text(text));
    }

    /** Found by {@link InboxLincheckTest}: the message behind it was passed over for good. */
    @Test
    void whatIsAcknowledgedOnItsWayTakesNothingAlong() {
        Inbox.Waiting waiting = new Inbox.Waiting(from("first", "signed"), user.address(), null, null, ended -> {});
        assertThat(user.add(waiting)).contains(Inbox.Added.YES);
        assertThat(user.offer(session, from("first", "plain"))).isTrue();
        connection.onOffer = message -> {
            if (message.equals(waiting.message())) {
                user.remove(waiting);
                assertThat(user.offer(session, from("second", "another's"))).isTrue();
            }
        };

        connection.room = Integer.MAX_VALUE;
        user.pump();

        assertThat(connection.offered)
                .extracting(message -> message.payload().toString())
                .containsExactlyInAnyOrder("signed", "another's", "plain");
    }
}
