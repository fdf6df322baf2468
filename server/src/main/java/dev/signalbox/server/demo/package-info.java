/** The main job on one machine with nothing installed: a server, simulated providers, and clients that are connected. */
@NullMarked
package dev.signalbox.server.demo;

import org.jspecify.annotations.NullMarked;
