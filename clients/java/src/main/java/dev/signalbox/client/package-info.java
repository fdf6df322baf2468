/** A client for programs in Java; see docs/clients.md. */
@NullMarked
package dev.signalbox.client;

import org.jspecify.annotations.NullMarked;
