package dev.signalbox.server.node;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.Principal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Beginnings of topics' names that have an owner, who alone decides on them. Confined to the thread that starts the server. */
final class ReservedTopics {
    private final Map<String, Authorizer> owners = new LinkedHashMap<>();

    void add(String beginning, Authorizer owner) {
        owners.put(beginning, owner);
    }

    /** Decides on reserved topics as their owners do, and on others as {@code otherwise}; what is reserved later is not known to it. */
    Authorizer before(Authorizer otherwise) {
        Map<String, Authorizer> known = new LinkedHashMap<>(owners);
        return (principal, operation, address) -> address instanceof Address.Topic topic
                ? allows(known, principal, operation, topic, otherwise)
                : otherwise.allows(principal, operation, address);
    }

    /** Of a pattern, all topics have to be allowed: {@code in*} brings those of {@code inbox/}, too. */
    private static boolean allows(
            Map<String, Authorizer> owners,
            Principal principal,
            Operation operation,
            Address.Topic topic,
            Authorizer otherwise) {
        for (Map.Entry<String, Authorizer> each : owners.entrySet()) {
            if (topic.name().startsWith(each.getKey())) {
                return each.getValue().allows(principal, operation, topic);
            }
            if (standsFor(topic, each.getKey()) && !each.getValue().allows(principal, operation, topic)) {
                return false;
            }
        }
        return otherwise.allows(principal, operation, topic);
    }

    private static boolean standsFor(Address.Topic topic, String beginning) {
        return topic.isPattern()
                && beginning.startsWith(topic.name().substring(0, topic.name().length() - 1));
    }
}
