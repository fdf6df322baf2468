package dev.signalbox.testing.contract;

import static dev.signalbox.testing.contract.ScriptedSender.accepted;
import static dev.signalbox.testing.contract.ScriptedSender.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.HistoryCheck;
import dev.signalbox.delivery.queue.HistoryCheck.Report;
import dev.signalbox.delivery.queue.HistoryCheck.Violation;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the check of a history finds. The tables are spoilt by hand, as a broken fence would, and mended at the end. */
public abstract class DeliveryQueueHistoryContract extends DeliveryQueueContract {
    private static final String LATE_REPEAT = "a key is repeated only while its provider knows it";

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final ScriptedSender email = ScriptedSender.of(Channel.EMAIL);

    private Report check() {
        return check(Duration.ofMinutes(5));
    }

    private Report check(Duration keyLifetime) {
        return HistoryCheck.run(database(), Map.of(Channel.SMS, keyLifetime));
    }

    private void execute(String sql) {
        database().transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(sql);
            }
        });
    }

    @AfterEach
    void emptyTheTables() {
        for (String table : new String[] {"ready", "later", "outcome", "dead", "tally", "message"}) {
            execute("delete from delivery_" + table);
        }
    }

    private void assertBroken(String rule) {
        assertThat(check().violations()).extracting(Violation::rule).contains(rule);
    }

    private UUID sent() {
        UUID id = enqueueSms();
        node(sms.answering(accepted())).runOnce();
        assertState(id, MessageState.SENT);
        return id;
    }

    /** Copies the last line of every history to one more attempt. */
    private void addLine(String result, String state, int step) {
        execute("""
                insert into delivery_outcome (id, attempt, step, result, state, at, millis)
                select id, max(attempt) + 1, %d, '%s', '%s', max(at), 1 from delivery_outcome group by id
                """.formatted(step, result, state));
    }

    @Test
    void whatWorksIsClean() {
        sent();
        enqueue(sms().at(clock.instant().plusSeconds(60)));
        assertThat(check().isClean()).isTrue();
        assertThat(check().messages()).isEqualTo(2);
        assertThat(check().attempts()).isEqualTo(1);
    }

    @Test
    void lostMessageIsFound() {
        enqueueSms();
        execute("delete from delivery_ready");
        assertBroken("every message is in exactly one place");
    }

    /** What a completion would leave that does not look whether its lease still stands. */
    @Test
    void outcomeOfAStaleHolderIsFound() {
        UUID id = enqueueSms();
        node(sms.answering(unknown())).runOnce();
        assertState(id, MessageState.RETRY_WAIT);
        addLine("ACCEPTED", "SENT", 0);
        assertBroken("every message is in exactly one place");
    }

    @Test
    void secondSendAfterTheFirstIsFound() {
        sent();
        addLine("ACCEPTED", "SENT", 0);
        assertBroken("nothing follows SENT");
    }

    @Test
    void attemptAfterAnEndIsFound() {
        UUID id = enqueueSms();
        node(sms.answering(ScriptedSender.rejected())).runOnce();
        assertState(id, MessageState.REJECTED);
        addLine("NOT_SENT", "DEAD", 0);
        assertBroken("only a person goes on after an end");
    }

    @Test
    void doubtThatPassedOnIsFound() {
        enqueue(Reach.to("sms:+61400000000", "email:a@example.com").body("x"));
        Dispatcher node = node(sms.answering(unknown()), email);
        node.runOnce();
        assertThat(check().isClean()).isTrue();
        addLine("ACCEPTED", "SENT", 1);
        assertBroken("doubt does not pass on to the next step");
    }

    @Test
    void repeatBeyondTheKeysLifetimeIsFound() {
        enqueueSms();
        node(sms.answering(unknown())).runOnce();
        addLine("UNKNOWN", "RETRY_WAIT", 0);
        assertThat(check().violations()).extracting(Violation::rule).doesNotContain(LATE_REPEAT);
        execute("update delivery_outcome set at = at + 301000000 where attempt = 2");
        assertBroken(LATE_REPEAT);
    }

    /** The first attempt was dated by a clock that was ahead, so the repeat seems to come before it. */
    @Test
    void whereNoRepeatIsRecognisedEveryOneIsFound() {
        enqueueSms();
        node(sms.answering(unknown())).runOnce();
        addLine("UNKNOWN", "RETRY_WAIT", 0);
        execute("update delivery_outcome set at = at - 30000000 where attempt = 2");
        assertThat(check().violations()).extracting(Violation::rule).doesNotContain(LATE_REPEAT);
        assertThat(check(Duration.ZERO).violations())
                .extracting(Violation::rule)
                .contains(LATE_REPEAT);
    }

    /** It was told too late to be attempted again, which takes no time; an answer within the first millisecond is an attempt. */
    @Test
    void repeatThatTookNoTimeIsFoundIfItWasAnswered() {
        enqueueSms();
        node(sms.answering(unknown())).runOnce();
        addLine("UNKNOWN", "UNKNOWN", 0);
        execute("update delivery_outcome set millis = 0 where attempt = 2");
        assertThat(check(Duration.ZERO).violations())
                .extracting(Violation::rule)
                .doesNotContain(LATE_REPEAT);
        execute("update delivery_outcome set result = 'ACCEPTED' where attempt = 2");
        assertThat(check(Duration.ZERO).violations())
                .extracting(Violation::rule)
                .contains(LATE_REPEAT);
    }

    /** As one is that was recovered after some hours: its microseconds do not fit into 32 bits. */
    @Test
    void attemptOfManyHoursIsRead() {
        enqueueSms();
        node(sms.answering(unknown())).runOnce();
        addLine("UNKNOWN", "RETRY_WAIT", 0);
        execute("update delivery_outcome set millis = 2147483647");
        assertThat(check().violations()).extracting(Violation::rule).doesNotContain(LATE_REPEAT);
    }

    @Test
    void gapAndWrongTallyAreFound() {
        sent();
        execute("update delivery_outcome set attempt = 2");
        execute("update delivery_tally set n = 5");
        assertBroken("histories have no gaps");
        assertBroken("the tally is right");
    }
}
