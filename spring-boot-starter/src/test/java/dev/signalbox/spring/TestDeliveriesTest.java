package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** A test of an application sees what it enqueues, and says when it is sent. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@SignalboxTest
class TestDeliveriesTest {
    private static final List<Step> OWNER = List.of(Step.parse("webhook:owner"));

    @TempDir
    static Path folder;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        properties.add("spring.datasource.url", () -> "jdbc:sqlite:" + folder.resolve("shop.db"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Shop shop(JdbcTemplate jdbc, DeliveryQueue queue) {
            return new Shop(jdbc, queue);
        }

        @Bean
        Scripted email() {
            return new Scripted();
        }
    }

    /** Answers as it was told, then accepts. */
    static final class Scripted implements Sender {
        final Queue<SendResult> answers = new ArrayDeque<>();

        @Override
        public Channel channel() {
            return Channel.EMAIL;
        }

        @Override
        public SendResult send(Delivery delivery) {
            return Optional.ofNullable(answers.poll()).orElse(new SendResult.Accepted(Optional.empty()));
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public int concurrency() {
            return 1;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ZERO;
        }
    }

    @Autowired
    private ApplicationContext application;

    @Autowired
    private TestDeliveries deliveries;

    @Autowired
    private DeliveryQueue queue;

    @Autowired
    private MessageBatches batches;

    @Autowired
    private Shop shop;

    @BeforeEach
    void begin() {
        application.getBean(JdbcTemplate.class).execute("create table if not exists orders (what varchar(100))");
        deliveries.drain();
        deliveries.forget();
    }

    private MessageState state(UUID id) {
        return queue.find(id).orElseThrow().state();
    }

    @Test
    void whatIsCommittedIsEnqueuedAndSentOnDemand() {
        UUID id = shop.order("bread");

        assertThat(application.getBeansOfType(Dispatcher.class)).isEmpty();
        assertThat(deliveries.enqueued()).extracting(Reach::body).containsExactly("bread");
        assertThat(state(id)).isEqualTo(MessageState.PENDING);
        assertThat(deliveries.drain()).extracting(Delivery::body).containsExactly("bread");
        assertThat(state(id)).isEqualTo(MessageState.SENT);
    }

    @Test
    void whatIsRolledBackIsNot() {
        UUID id = Shop.message("x").id();

        assertThatThrownBy(() -> shop.orderAndFail(id, "tea")).hasMessage("out of stock");

        assertThat(deliveries.enqueued()).isEmpty();
        assertThat(queue.find(id)).isEmpty();
        assertThat(deliveries.drain()).isEmpty();
    }

    @Test
    void aRetryWaitsForTheClock() {
        application.getBean(Scripted.class).answers.add(new SendResult.NotSent("busy", Optional.empty()));
        UUID id = queue.enqueue(
                        Reach.to("email:alice@example.com").body("hello").build())
                .id();

        assertThat(deliveries.drain()).hasSize(1);
        assertThat(state(id)).isEqualTo(MessageState.RETRY_WAIT);
        deliveries.advance(Duration.ofMinutes(1));
        assertThat(deliveries.drain()).extracting(Delivery::attempt).containsExactly(2);
        assertThat(state(id)).isEqualTo(MessageState.SENT);
    }

    @Test
    void noAttemptIsMissedWhereChannelsAreServedAtOnce() {
        List<Reach> many = Stream.of("sms:+61491570006", "email:alice@example.com", "webhook:shop", "inbox:alice")
                .flatMap(to -> IntStream.range(0, 250)
                        .mapToObj(i -> Reach.to(to).body("hello " + i).build()))
                .toList();
        queue.enqueueAll(many);

        assertThat(deliveries.drain()).extracting(Delivery::id).hasSize(1_000).doesNotContainNull();
    }

    @Test
    void aBatchIsToldOfWhenItsMessagesWereSent() {
        UUID id = UUID.randomUUID();
        List<Reach> messages = List.of(Shop.message("one"), Shop.message("two"));

        assertThat(batches.create(id, messages, OWNER).duplicate()).isFalse();
        assertThat(deliveries.enqueued()).extracting(Reach::body).containsExactly("one", "two");
        assertThat(deliveries.drain())
                .hasSize(3)
                .last()
                .satisfies(told -> assertThat(told.body()).contains(id.toString(), "\"SENT\": 2"));
        assertThat(batches.create(id, messages, OWNER).duplicate()).isTrue();
    }

    @Test
    void aBatchFollowsTheTransactionOfTheApplication() {
        TransactionTemplate transactions = application.getBean(TransactionTemplate.class);
        UUID lost = UUID.randomUUID();
        UUID kept = UUID.randomUUID();

        transactions.executeWithoutResult(status -> {
            batches.create(lost, List.of(Shop.message("lost")), OWNER);
            status.setRollbackOnly();
        });
        transactions.executeWithoutResult(status -> {
            assertThat(batches.create(kept, List.of(Shop.message("kept")), OWNER)
                            .receipts())
                    .hasSize(1);
            assertThat(batches.find(kept)).isEmpty();
        });

        assertThat(batches.find(lost)).isEmpty();
        assertThat(batches.find(kept)).isPresent();
        assertThat(deliveries.enqueued()).extracting(Reach::body).containsExactly("kept");
    }

    @Test
    void aDuplicateIsToldInATransactionToo() {
        queue.enqueue(Shop.message("bread").withDedupeKey("order-1"));

        Boolean duplicate = application
                .getBean(TransactionTemplate.class)
                .execute(status -> queue.enqueue(Shop.message("bread").withDedupeKey("order-1"))
                        .duplicate());

        assertThat(duplicate).isTrue();
        assertThat(deliveries.enqueued()).hasSize(1);
    }
}
