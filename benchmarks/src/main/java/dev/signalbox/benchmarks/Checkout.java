package dev.signalbox.benchmarks;

import java.nio.file.Path;
import java.util.Objects;

/** The checkout that {@code ./signalbox} was started in. */
final class Checkout {
    private Checkout() {}

    /** @throws NullPointerException with a message for people if the benchmark was started in another way */
    static Path folder() {
        return Path.of(Objects.requireNonNull(
                System.getenv("SIGNALBOX_HOME"), "run this by ./signalbox bench, which says where the checkout is"));
    }

    /** For what is kept between runs; not part of the sources. */
    static Path state() {
        return folder().resolve(".signalbox");
    }
}
