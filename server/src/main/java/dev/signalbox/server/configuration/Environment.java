package dev.signalbox.server.configuration;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the variables that begin with {@code SIGNALBOX_}. An empty one counts as not set. One that is no setting stops the
 * start, since a misspelt setting that is passed over leaves a server other than its operator believes.
 */
final class Environment {
    /** Not keys: the launcher's folder, and what the other commands use to find a server. */
    private static final Set<String> OTHERS = Set.of(
            "SIGNALBOX_HOME",
            "SIGNALBOX_CONFIG",
            "SIGNALBOX_CONTEXT",
            "SIGNALBOX_URL",
            "SIGNALBOX_TOKEN",
            "SIGNALBOX_TOKEN_FILE",
            "SIGNALBOX_CA_FILE",
            "SIGNALBOX_CLIENT_TOKEN");

    /** For variables of the operator's own scripts. */
    private static final String FREE = "SIGNALBOX_X_";

    /** What Kubernetes tells every container of a service, here one whose name begins with signalbox. */
    private static final Pattern SERVICE_NAME =
            Pattern.compile("\\w+_SERVICE_(HOST|PORT(_\\w+)?)" + "|\\w+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://\\S+");

    private Environment() {}

    static void read(Map<String, String> environment, Settings settings) {
        new TreeMap<>(environment).forEach((name, text) -> {
            if (name.startsWith(Key.PREFIX) && !OTHERS.contains(name) && !name.startsWith(FREE) && !text.isEmpty()) {
                read(name, text, settings);
            }
        });
    }

    private static void read(String name, String text, Settings settings) {
        Optional<String> path = path(name, settings.schema());
        if (isOfKubernetes(name, text)) {
            path.ifPresent(meant -> settings.warn(passedOver(name, meant)));
        } else {
            path.ifPresentOrElse(
                    meant -> settings.put(meant, text, new Source(Source.Rank.ENVIRONMENT, name)),
                    () -> settings.violate(name, unknown(name, settings.schema()), ""));
        }
    }

    /** Whether Kubernetes set this variable for a service, {@code REDIS_PORT=tcp://10.96.0.12:6379} among them. */
    static boolean isOfKubernetes(String name, String text) {
        return SERVICE_NAME.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(text).matches());
    }

    /** In words for the operator. */
    static String passedOver(String name, String path) {
        return name + " does not set " + path + ": it holds the address of a Kubernetes service of that name."
                + " `enableServiceLinks: false` in the pod's specification leaves such variables out";
    }

    private static Optional<String> path(String variable, Schema schema) {
        return schema.keys().stream()
                .flatMap(key -> key.pathOf(variable).stream())
                .findFirst();
    }

    private static String unknown(String name, Schema schema) {
        var variables = schema.paths().stream().map(Key::variable).toList();
        return "is not a setting"
                + Suggestion.of(name, variables)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; unset it, or begin its name with " + FREE + " if it is for something else");
    }
}
