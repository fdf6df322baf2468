package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.Principal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that allow everything do not reach what is reserved. */
class ReservedTopicsTest {
    private static final Principal ALICE = new Principal("alice", Map.of());

    private final ReservedTopics reserved = new ReservedTopics();

    private boolean allows(Operation operation, Address address) {
        reserved.add("own/", (principal, asked, topic) -> topic.equals(Address.topic("own/" + principal.user())));
        Authorizer all = (principal, asked, topic) -> true;
        return reserved.before(all).allows(ALICE, operation, address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"own/alice", "news", "ow", "owner", "news*", "ox*", "owners*"})
    void ownAndOtherTopicsAreAllowed(String name) {
        assertThat(allows(Operation.SUBSCRIBE, Address.topic(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"own/bob", "own/bob*", "own/alice*", "own/*", "own*", "o*", "*"})
    void topicsOfOthersAreRefusedAndSoArePatternsThatBringThem(String name) {
        assertThat(allows(Operation.SUBSCRIBE, Address.topic(name))).isFalse();
    }

    @Test
    void whatIsNoTopicIsForOthersToDecide() {
        assertThat(allows(Operation.SEND, Address.client("bob"))).isTrue();
    }
}
