using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Registry;

/// <summary>
/// Compares Avro schemas by the rules by which data is read (specification 1.12, "Schema Resolution"): a reader can
/// read a writer's data if no value that the writer may write is lost. <see cref="AvroResolver"/> decides, so what is
/// compatible here is what a worker reads.
/// </summary>
internal static class SchemaCompatibility
{
    /// <summary>Faults of a new schema beside earlier ones; empty if it fits them at that level.</summary>
    /// <param name="level">What is asked for.</param>
    /// <param name="schema">The new schema.</param>
    /// <param name="earlier">Versions to compare it with, the latest first.</param>
    public static IReadOnlyList<string> Faults(
        CompatibilityLevel level,
        AvroSchema schema,
        IEnumerable<SubjectVersion> earlier
    )
    {
        var faults = new List<string>();
        foreach (var old in earlier)
        {
            if (level.IsBackward() && Fault(schema, old.Schema.Avro) is { } unread)
                faults.Add($"the new schema cannot read what version {old.Version} wrote: {unread}");
            if (level.IsForward() && Fault(old.Schema.Avro, schema) is { } unreadable)
                faults.Add($"version {old.Version} cannot read what the new schema writes: {unreadable}");
        }

        return faults;
    }

    /// <summary>The first value of a writer that a reader cannot take, as a path and a reason; null if it takes
    /// all.</summary>
    public static string? Fault(AvroSchema reader, AvroSchema writer)
    {
        try
        {
            return FaultOf(AvroResolver.Resolve(writer, reader));
        }
        catch (AvroSchemaException broken)
        {
            return broken.Message;
        }
    }

    // A plan may be deep and a cycle: a list of what is still to be looked at takes the place of recursion.
    private static string? FaultOf(AvroNode root)
    {
        var seen = new HashSet<AvroNode>(ReferenceEqualityComparer.Instance) { root };
        var waiting = new Queue<(string Path, AvroNode Node)>();
        waiting.Enqueue(("", root));
        while (waiting.TryDequeue(out var at))
        {
            if (at.Node.Mismatch is { } mismatch)
                return Said(at.Path, mismatch);
            if (Array.FindIndex(at.Node.Symbols, symbol => symbol is null) is >= 0 and var lost)
                return Said(
                    at.Path,
                    $"the reader's enum {at.Node.Reader.Name} has neither the symbol {at.Node.Writer.Symbols[lost]} nor a default"
                );
            foreach (var below in Below(at.Path, at.Node))
                if (seen.Add(below.Node))
                    waiting.Enqueue(below);
        }

        return null;
    }

    private static IEnumerable<(string Path, AvroNode Node)> Below(string path, AvroNode node)
    {
        foreach (var branch in node.Branches)
            yield return (path, branch);
        if (node.Item is not null)
            yield return (path + "[]", node.Item);
        // What the reader does not want is passed over, whatever it is.
        foreach (var field in node.Fields.Where(field => field.Wanted))
            yield return ($"{path}.{field.Name}", field.Node);
    }

    private static string Said(string path, string what) => path.Length == 0 ? what : $"{path.TrimStart('.')}: {what}";
}
