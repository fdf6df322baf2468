package dev.signalbox.testing.services;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has each test of a module that uses this one await a minute, where it names no time: Awaitility's own ten seconds are too few on a
 * machine under load. The launcher of tests finds it as a service.
 */
public final class Patience implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
