/** Feature: what systemd is told: that the server is ready, that it stops, and that it is alive. */
@NullMarked
package dev.signalbox.server.systemd;

import org.jspecify.annotations.NullMarked;
