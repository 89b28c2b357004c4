namespace AdvertiseX.Decoding.Avro;

/// <summary>Walks over values that nobody wants.</summary>
internal static unsafe class AvroSkip
{
    public static void Value(ref AvroCursor cursor, AvroNode node, int depth = 0)
    {
        if (node.FixedBytes >= 0)
        {
            cursor.Take(node.FixedBytes);
            return;
        }

        if (depth >= AvroCursor.MaxDepth)
        {
            cursor.Fail(AvroFault.TooDeep);
            return;
        }

        switch (node.Wire)
        {
            case AvroType.Int or AvroType.Long or AvroType.Enum:
                cursor.Long();
                break;
            case AvroType.Union:
                Union(ref cursor, node, depth);
                break;
            case AvroType.Array or AvroType.Map:
                Blocks(ref cursor, node, depth);
                break;
            case AvroType.Record:
                for (var i = 0; i < node.Fields.Length && cursor.Fault == AvroFault.None; i++)
                    Value(ref cursor, node.Fields[i].Node, depth + 1);
                break;
            default:
                cursor.Bytes(out _);
                break;
        }
    }

    private static void Union(ref AvroCursor cursor, AvroNode node, int depth)
    {
        var branch = cursor.Index(node.Branches.Length);
        if (cursor.Fault == AvroFault.None)
            Value(ref cursor, node.Branches[branch], depth + 1);
    }

    /// <summary>Walks over an array or map and returns how many items it has.</summary>
    public static long Blocks(ref AvroCursor cursor, AvroNode node, int depth)
    {
        var isMap = node.Wire == AvroType.Map;
        var item = node.Item!;
        var minimum = item.MinBytes + (isMap ? 1 : 0);
        var total = 0L;
        while (cursor.Count(minimum, out var bytes) is > 0 and var count)
        {
            if (bytes >= 0)
            {
                cursor.Take(bytes);
            }
            else if (!isMap && item.FixedBytes >= 0)
            {
                // No overflow: with FixedBytes = MinBytes > 0 the count is at most the bytes left.
                cursor.Take(count * item.FixedBytes);
            }
            else
            {
                Items(ref cursor, item, isMap, count, depth);
            }

            // Items of no bytes may be claimed in any number; a sum that would overflow is as good as the largest.
            total = count > long.MaxValue - total ? long.MaxValue : total + count;
        }

        return total;
    }

    private static void Items(ref AvroCursor cursor, AvroNode item, bool isMap, long count, int depth)
    {
        for (long i = 0; i < count && cursor.Fault == AvroFault.None && cursor.Spend(1); i++)
        {
            if (isMap)
                cursor.Bytes(out _);
            Value(ref cursor, item, depth + 1);
        }
    }
}
