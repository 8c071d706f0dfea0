// SPDX-License-Identifier: Apache-2.0
package dev.waltap.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Options in YAML 1.2. Values are taken as they are written: nodes are composed, and nothing is
 * made of their tags. Stateless.
 */
final class YamlReader {

  /** What the parser says else may quote the file, where a secret may stand. */
  private static final Pattern WITHOUT_VALUES =
      Pattern.compile(
          "mapping values are not allowed here|could not find expected ':'"
              + "|expected <block end>, but found '<[a-z ]+>'");

  private YamlReader() {}

  static List<ConfigEntry> read(String text) throws ConfigException {
    List<ConfigEntry> entries = new ArrayList<>();
    try {
      Optional<Node> root =
          new Compose(LoadSettings.builder().setUseMarks(true).build()).composeString(text);
      if (root.isPresent()) {
        add("", root.get(), entries);
      }
    } catch (MarkedYamlEngineException e) {
      String problem = String.valueOf(e.getProblem());
      throw new ConfigException(
          e.getProblemMark().map(YamlReader::line).orElse(0),
          "is not YAML: "
              + (WITHOUT_VALUES.matcher(problem).matches()
                  ? problem
                  : "options are written as 'name: value', texts with special characters in"
                      + " quotes"));
    } catch (YamlEngineException e) {
      throw new ConfigException(
          0, "is not YAML: write options as 'name: value', and no characters that don't print");
    }
    return entries;
  }

  private static void add(String name, Node node, List<ConfigEntry> entries)
      throws ConfigException {
    if (node.isRecursive()) {
      throw new ConfigException(
          line(node), "an alias (*) repeats what it is part of: write the options out");
    }
    if (node instanceof MappingNode mapping) {
      if (mapping.getValue().isEmpty() && !name.isEmpty()) {
        entries.add(ConfigEntry.emptyTable(name, line(node)));
      }
      for (NodeTuple tuple : mapping.getValue()) {
        String key = text(name, tuple.getKeyNode());
        add(name.isEmpty() ? key : name + "-" + key, tuple.getValueNode(), entries);
      }
    } else if (name.isEmpty()) {
      throw new ConfigException(line(node), "has no options: they are written as 'name: value'");
    } else if (node instanceof SequenceNode list) {
      List<String> values = new ArrayList<>();
      for (Node each : list.getValue()) {
        values.add(text(name, each));
      }
      entries.add(new ConfigEntry(name, values, true, line(node)));
    } else {
      entries.add(new ConfigEntry(name, List.of(text(name, node)), false, line(node)));
    }
  }

  private static String text(String name, Node node) throws ConfigException {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return scalar.getValue();
    }
    String which = name.isEmpty() ? "a name" : "'" + name + "'";
    throw new ConfigException(
        line(node),
        node instanceof ScalarNode
            ? which + " has no value: write one, or leave the line out"
            : which + " must be a text, a number, true or false, or a list of these");
  }

  private static int line(Node node) {
    return node.getStartMark().map(YamlReader::line).orElse(0);
  }

  private static int line(Mark mark) {
    return mark.getLine() + 1;
  }
}
