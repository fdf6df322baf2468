package dev.signalbox.server.topics;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Principal;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.RouterOptions.TopicRule;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.server.configuration.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Topics as configured: what they keep, and who may use them. */
record TopicSettings(int max, int perSession, List<Rule> rules) implements Authorizer {

    /** For some topics; {@code publish} and {@code subscribe} name clients, or {@code *} for all. */
    record Rule(TopicRule topics, List<String> publish, List<String> subscribe) {
        private boolean allows(Principal principal, Operation operation) {
            List<String> allowed = operation == Operation.PUBLISH ? publish : subscribe;
            return allowed.contains("*") || allowed.contains(principal.user());
        }
    }

    static TopicSettings read(Reading reading) {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < reading.size(TopicKeys.NAME); i++) {
            rule(reading, i).ifPresent(rules::add);
        }
        return new TopicSettings(reading.get(TopicKeys.MAX), reading.get(TopicKeys.PER_SESSION), List.copyOf(rules));
    }

    private static Optional<Rule> rule(Reading reading, int i) {
        var policy = new TopicPolicy(
                        reading.get(TopicKeys.COUNT, i),
                        reading.get(TopicKeys.BYTES, i),
                        reading.get(TopicKeys.AGE, i),
                        reading.get(TopicKeys.SLOW, i))
                .withPresence(reading.get(TopicKeys.PRESENCE, i))
                .withScope(reading.get(TopicKeys.SCOPE, i));
        var conflating =
                reading.find(TopicKeys.CONFLATE, i).map(policy::conflatingBy).orElse(policy);
        var publish = reading.get(TopicKeys.PUBLISH, i);
        var subscribe = reading.get(TopicKeys.SUBSCRIBE, i);
        return reading.require(TopicKeys.NAME, i)
                .map(name -> new Rule(new TopicRule(name, conflating), publish, subscribe));
    }

    RouterOptions.Topics options() {
        return new RouterOptions.Topics(
                max, perSession, rules.stream().map(Rule::topics).toList(), TopicPolicy.DEFAULT);
    }

    /** Every client may send; topics are for those whom the first rule that fits names, and whose token grants them. */
    @Override
    public boolean allows(Principal principal, Operation operation, Address address) {
        return !(address instanceof Address.Topic topic)
                || principal.topics().allow(operation, topic.name())
                || rulesAllow(principal, operation, topic);
    }

    /** Of a pattern, all topics have to be allowed: those of a rule before the one that fits, too. */
    private boolean rulesAllow(Principal principal, Operation operation, Address.Topic topic) {
        for (Rule rule : rules) {
            if (rule.topics().fits(topic.name())) {
                return rule.allows(principal, operation);
            }
            if (topic.isPattern() && rule.topics().meets(topic) && !rule.allows(principal, operation)) {
                return false;
            }
        }
        return false;
    }
}
