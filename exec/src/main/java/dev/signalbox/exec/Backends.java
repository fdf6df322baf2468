package dev.signalbox.exec;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how processes are started, once for the JVM. Thread-safe. */
final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private static volatile @Nullable Backend best;

    private Backends() {}

    /** @throws ExecException if there are too few descriptors now to tell; the next call tries again */
    static Backend best() {
        Backend known = best;
        return known == null ? choose() : known;
    }

    private static synchronized Backend choose() {
        Backend chosen = best;
        if (chosen == null) {
            chosen = chosen();
            best = chosen;
        }
        return chosen;
    }

    private static Backend chosen() {
        try {
            requireLinux();
            return SpawnBackend.load();
        } catch (UnsupportedOperationException e) {
            return fallback(String.valueOf(e.getMessage()));
        } catch (LinkageError e) {
            // Functions are looked up as their classes are initialized: this is how a missing one shows.
            return fallback(reason(e));
        }
    }

    private static void requireLinux() {
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch");
        if (!"Linux".equals(system) || !Set.of("amd64", "x86_64", "aarch64").contains(processor)) {
            throw new UnsupportedOperationException("this is " + system + " on " + processor);
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return switch (root) {
            case UnsupportedOperationException _ -> String.valueOf(root.getMessage());
            case IllegalCallerException _ ->
                "native access is denied; start java with --enable-native-access=" + nameOfModule();
            default -> root.toString();
        };
    }

    private static String nameOfModule() {
        Module module = Backends.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static Backend fallback(String reason) {
        LOG.warn("commands run on ProcessBuilder, with weaker guarantees: {}", reason);
        return new JdkBackend(reason);
    }
}
