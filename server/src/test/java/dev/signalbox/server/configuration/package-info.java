@NullMarked
package dev.signalbox.server.configuration;

import org.jspecify.annotations.NullMarked;
