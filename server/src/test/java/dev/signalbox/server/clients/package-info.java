@NullMarked
package dev.signalbox.server.clients;

import org.jspecify.annotations.NullMarked;
