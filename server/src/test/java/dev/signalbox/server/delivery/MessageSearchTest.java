package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.node.RunningControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MessageSearchTest {
    private static final String CURSOR = "01936b2e-7c00-7000-8000-0123456789ab";

    @TempDir
    private Path folder;

    private RunningControlPlane server;

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder.resolve("usual"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> found(String query) throws Exception {
        return json(server.get("/api/messages?" + query)).get("items").values().stream()
                .map(item -> item.get("id").stringValue())
                .toList();
    }

    private void restartWithAQueueThatStops() {
        server.close();
        server = new RunningControlPlane(folder, RunningControlPlane.Setup.USUAL.withQueue(Stopping::new));
    }

    @Test
    void messagesAreFoundByIdTextReasonAndTime() throws Exception {
        String first = json(server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"Your Appointment\"}"))
                .get("id")
                .stringValue();
        server.dispatch(new SendResult.Rejected("the number is barred"));
        String second = server.enqueued(SMS);

        assertThat(found("text=appointment")).containsExactly(first);
        assertThat(found("reason=BARRED&state=REJECTED")).containsExactly(first);
        assertThat(found("id=" + second)).containsExactly(second);
        assertThat(found("id=" + second.substring(0, 4))).contains(second);
        Instant now = Instant.now();
        assertThat(found("after=" + now.minusSeconds(60) + "&before=" + now.plusSeconds(60)))
                .containsExactly(second, first);
        assertThat(found("before=" + now.minusSeconds(60))).isEmpty();
    }

    @Test
    void wrongSearchesAreToldByField() throws Exception {
        assertThat(errors(server.get("/api/messages?id=zz&text=x&reason=y&after=today&state=&cursor=7")))
                .containsExactlyInAnyOrder(
                        "state: has no value; give one or leave the parameter out",
                        "id: is not an id or the beginning of one; give 4 to 32 hexadecimal digits",
                        "text: is too short; give 2 to 100 characters",
                        "reason: is too short; give 2 to 100 characters",
                        "after: is not a time with an offset, such as 2026-11-21T09:30:00Z",
                        "cursor: is not a cursor that an earlier page returned; leave it out to start from the"
                                + " beginning");
    }

    /** Stops once at its bound before it has found anything. */
    private static final class Stopping extends ForwardingQueue {
        Stopping(DeliveryQueue behind) {
            super(behind);
        }

        @Override
        public Page list(MessageFilter filter) {
            return filter.cursor().isPresent()
                    ? super.list(filter.withCursor(Optional.empty()))
                    : new Page(List.of(), Optional.of(CURSOR), OptionalInt.of(2_000));
        }
    }

    @Test
    void aSearchThatStoppedAtItsBoundSaysHowFarItGotAndWhereToGoOn() throws Exception {
        restartWithAQueueThatStops();

        JsonNode page = json(server.get("/api/messages?text=nowhere"));

        assertThat(page.toString()).isEqualTo("{\"items\":[],\"next\":\"" + CURSOR + "\",\"searched\":2000}");
    }

    @Test
    void theListOfSentMessagesIsNeverEmptyWhileThereAreMore() throws Exception {
        restartWithAQueueThatStops();
        String id = server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.empty()));

        JsonNode sent = json(server.get("/api/messages/sent"));

        assertThat(sent.get("messages").get(0).get("id").stringValue()).isEqualTo(id);
    }

    @Test
    void theOverviewTellsAgesErrorsAndLatency() throws Exception {
        server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.empty()));
        server.enqueued(SMS);
        server.dispatch(new SendResult.Rejected("the number is barred"));
        server.enqueued(SMS);

        JsonNode overview = json(server.get("/api/overview"));

        Instant oldest = Instant.parse(overview.get("oldestPending").stringValue());
        assertThat(Duration.between(oldest, Instant.now())).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        assertThat(overview.get("oldestDue").isString()).isTrue();
        assertThat(overview.get("errors").toString())
                .isEqualTo("[{\"reason\":\"the number is barred\",\"channel\":\"sms\",\"count\":1}]");
        JsonNode latency = overview.get("latency").get("sms");
        assertThat(latency.get("count").intValue()).isEqualTo(1);
        assertThat(latency.get("p99Millis").longValue()).isBetween(1L, 60_000L);
    }

    @Test
    void theOverviewOfAnEmptyQueueHasNoAges() throws Exception {
        JsonNode overview = json(server.get("/api/overview"));

        assertThat(overview.get("oldestPending").isNull()).isTrue();
        assertThat(overview.get("oldestDue").isNull()).isTrue();
        assertThat(overview.get("errors").size()).isZero();
        assertThat(overview.get("latency").size()).isZero();
    }
}
