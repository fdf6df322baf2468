@NullMarked
package dev.signalbox.server.systemd;

import org.jspecify.annotations.NullMarked;
