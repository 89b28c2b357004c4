namespace AdvertiseX.Decoding.Avro;

/// <summary>Works out the sizes of a plan's values, by which counts in the data are checked and values
/// skipped.</summary>
internal static class AvroNodeSizes
{
    private const int MaxKnown = 1 << 24;

    /// <summary>Sets sizes bottom-up until nothing changes; a type that lies in itself keeps what is safe: varying
    /// size.</summary>
    public static void Measure(IReadOnlyCollection<AvroNode> nodes)
    {
        foreach (var node in nodes)
            (node.MinBytes, node.FixedBytes) = Scalar(node.Wire, node.Writer.Size);
        // Minima only grow from round to round; types nest a few deep, and a minimum that is too small is safe.
        for (var round = 0; round < 16 && Round(nodes); round++) { }
    }

    private static bool Round(IReadOnlyCollection<AvroNode> nodes)
    {
        var changed = false;
        foreach (var node in nodes)
        {
            if (node.Wire == AvroType.Union && node.Branches.Length > 0)
            {
                changed |= Set(node, 1 + node.Branches.Min(b => b.MinBytes), -1);
            }
            else if (node.Wire == AvroType.Record)
            {
                var minimum = node.Fields.Sum(f => (long)f.Node.MinBytes);
                var known = node.Fields.All(f => f.Node.FixedBytes >= 0);
                changed |= Set(
                    node,
                    (int)Math.Min(minimum, MaxKnown),
                    known && minimum <= MaxKnown ? (int)minimum : -1
                );
            }
        }

        return changed;
    }

    private static bool Set(AvroNode node, int minimum, int known)
    {
        var changed = node.MinBytes != minimum || node.FixedBytes != known;
        (node.MinBytes, node.FixedBytes) = (minimum, known);
        return changed;
    }

    private static (int Minimum, int Known) Scalar(AvroType type, int size) =>
        type switch
        {
            AvroType.Null => (0, 0),
            AvroType.Boolean => (1, 1),
            AvroType.Float => (4, 4),
            AvroType.Double => (8, 8),
            AvroType.Fixed => (size, size),
            AvroType.Record => (0, -1),
            _ => (1, -1),
        };
}
