@NullMarked
package dev.signalbox.server.templates;

import org.jspecify.annotations.NullMarked;
