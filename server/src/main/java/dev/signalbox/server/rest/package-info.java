/** The control plane: REST, health, metrics and the console, on one port of its own. */
@NullMarked
package dev.signalbox.server.rest;

import org.jspecify.annotations.NullMarked;
