using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Resolves a writer's schema against a reader's (specification 1.12, "Schema Resolution") into a plan. What cannot be
/// resolved becomes a node with a mismatch, which costs the records that hold it and no others. Of a reader's union the
/// branch of the same type and name is taken, else the first that the value can be promoted to.
/// </summary>
internal sealed class AvroResolver
{
    private readonly Dictionary<(AvroSchema Writer, AvroSchema Reader), AvroNode> _resolved = [];
    private readonly AvroDefaultEncoder _defaults = new();

    /// <param name="writer">What the bytes were written with.</param>
    /// <param name="reader">What is wanted; null takes everything as it was written.</param>
    /// <exception cref="AvroSchemaException">A default does not fit its field, or the schemas nest too
    /// deeply.</exception>
    public static AvroNode Resolve(AvroSchema writer, AvroSchema? reader)
    {
        var resolver = new AvroResolver();
        var root = resolver.Resolved(writer, reader ?? writer);
        AvroNodeSizes.Measure(resolver._resolved.Values);
        return root;
    }

    private AvroNode Resolved(AvroSchema writer, AvroSchema reader)
    {
        // Two recursive schemas of some hundred types each make paths of some ten thousand pairs.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new AvroSchemaException("the schemas nest too deeply to be compared");
        if (writer.Type == AvroType.Union)
            return ResolvedUnion(writer, reader);
        var matched = reader.Type == AvroType.Union ? Branch(writer, reader) : reader;
        if (matched is null || !Matches(writer, matched))
            return Unreadable(writer, $"the writer's {Describe(writer)} is not the reader's {Describe(reader)}");
        if (_resolved.TryGetValue((writer, matched), out var known))
            return known;
        var node = new AvroNode(writer.Type, writer, matched) { Logical = LogicalOf(writer, matched) };
        _resolved.Add((writer, matched), node);
        Fill(node, writer, matched);
        return node;
    }

    private AvroNode ResolvedUnion(AvroSchema writer, AvroSchema reader)
    {
        if (_resolved.TryGetValue((writer, reader), out var known))
            return known;
        var node = new AvroNode(AvroType.Union, writer, reader);
        _resolved.Add((writer, reader), node);
        // A union read as itself keeps each branch, though two of them look alike.
        node.Branches = [.. writer.Branches.Select(b => Resolved(b, ReferenceEquals(writer, reader) ? b : reader))];
        return node;
    }

    /// <summary>Walks as the writer wrote, and says why nothing can be delivered.</summary>
    private AvroNode Unreadable(AvroSchema writer, string why)
    {
        var walked = Resolved(writer, writer);
        var node = new AvroNode(writer.Type, writer, writer)
        {
            Mismatch = why,
            Item = walked.Item,
            Branches = walked.Branches,
            Fields = walked.Fields,
            Symbols = walked.Symbols,
        };
        _resolved.Add((writer, new AvroSchema(AvroType.Null)), node);
        return node;
    }

    private void Fill(AvroNode node, AvroSchema writer, AvroSchema reader)
    {
        switch (writer.Type)
        {
            case AvroType.Array or AvroType.Map:
                node.Item = Resolved(writer.Item!, reader.Item!);
                break;
            case AvroType.Enum:
                var known = reader.Symbols.ToHashSet(StringComparer.Ordinal);
                node.Symbols = [.. writer.Symbols.Select(s => SymbolOf(s, known, reader.DefaultSymbol))];
                break;
            case AvroType.Record:
                FillRecord(node, writer, reader);
                break;
            default:
                break;
        }
    }

    private void FillRecord(AvroNode node, AvroSchema writer, AvroSchema reader)
    {
        var taken = new Dictionary<AvroField, AvroField>(ReferenceEqualityComparer.Instance);
        var byName = writer.Fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var missing = new List<AvroField>();
        foreach (var wanted in reader.Fields)
        {
            var found =
                byName.GetValueOrDefault(wanted.Name)
                ?? wanted
                    .Aliases.Select(a => byName.GetValueOrDefault(a))
                    .FirstOrDefault(f => f is not null && !taken.ContainsKey(f));
            if (found is null || !taken.TryAdd(found, wanted))
                missing.Add(wanted);
        }

        node.Fields =
        [
            .. writer.Fields.Select(f =>
                taken.TryGetValue(f, out var wanted)
                    ? new AvroNodeField(wanted.Name, JsonKey(wanted.Name), Resolved(f.Schema, wanted.Schema), true)
                    : new AvroNodeField(f.Name, JsonKey(f.Name), Resolved(f.Schema, f.Schema), false)
            ),
        ];
        if (missing.Find(f => f.Default is null) is { } lacking)
            node.Mismatch =
                $"the writer's {writer.Name} has no field '{lacking.Name}', and the reader's has no default";
        else
            node.Defaults = [.. missing.Select(Default)];
    }

    private AvroNodeDefault Default(AvroField field) =>
        new(field.Name, JsonKey(field.Name), Resolved(field.Schema, field.Schema), _defaults.Encode(field));

    private static AvroSchema? Branch(AvroSchema writer, AvroSchema union) =>
        union.Branches.FirstOrDefault(b => b.Type == writer.Type && b.Name == writer.Name && Matches(writer, b))
        ?? union.Branches.FirstOrDefault(b => b.Type == writer.Type && Matches(writer, b))
        ?? union.Branches.FirstOrDefault(b => Matches(writer, b));

    private static bool Matches(AvroSchema writer, AvroSchema reader)
    {
        if (ReferenceEquals(writer, reader))
            return true;
        if (
            writer.Logical == AvroLogicalType.Decimal
            && reader.Logical == AvroLogicalType.Decimal
            && writer.Scale != reader.Scale
        )
            return false;
        if (writer.Type == reader.Type)
        {
            return writer.Type switch
            {
                AvroType.Fixed => writer.Size == reader.Size && NamesMatch(writer, reader),
                AvroType.Record or AvroType.Enum => NamesMatch(writer, reader),
                _ => true,
            };
        }

        return (writer.Type, reader.Type) switch
        {
            (AvroType.Int, AvroType.Long or AvroType.Float or AvroType.Double) => true,
            (AvroType.Long, AvroType.Float or AvroType.Double) => true,
            (AvroType.Float, AvroType.Double) => true,
            (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => true,
            _ => false,
        };
    }

    private static bool NamesMatch(AvroSchema writer, AvroSchema reader) =>
        writer.UnqualifiedName == reader.UnqualifiedName
        || reader.Aliases.Any(a => a == writer.Name || a[(a.LastIndexOf('.') + 1)..] == writer.UnqualifiedName);

    private static AvroLogicalType LogicalOf(AvroSchema writer, AvroSchema reader) =>
        FamilyOf(writer.Logical) == FamilyOf(reader.Logical) ? writer.Logical : reader.Logical;

    private static int FamilyOf(AvroLogicalType logical) =>
        logical switch
        {
            >= AvroLogicalType.TimestampMillis and <= AvroLogicalType.TimestampNanos => -1,
            >= AvroLogicalType.LocalTimestampMillis and <= AvroLogicalType.LocalTimestampNanos => -2,
            AvroLogicalType.TimeMillis or AvroLogicalType.TimeMicros => -3,
            _ => (int)logical,
        };

    private static byte[]? SymbolOf(string symbol, HashSet<string> known, string? preset)
    {
        var seen = known.Contains(symbol) ? symbol : preset;
        return seen is null ? null : Pinned(JsonText(seen));
    }

    internal static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }

    private static byte[] JsonKey(string name) => [.. JsonText(name), (byte)':'];

    private static byte[] JsonText(string text) =>
        [
            (byte)'"',
            .. JsonEncodedText
                .Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
                .EncodedUtf8Bytes,
            (byte)'"',
        ];

    private static string Describe(AvroSchema schema) =>
        schema.Type switch
        {
            AvroType.Union => new StringBuilder("union of ")
                .AppendJoin(", ", schema.Branches.Select(Describe))
                .ToString(),
            _ when schema.Logical == AvroLogicalType.Decimal => $"decimal of scale {schema.Scale}",
            _ when schema.Name.Length > 0 => $"{schema.Type.ToString().ToLowerInvariant()} {schema.Name}",
            _ => schema.Type.ToString().ToLowerInvariant(),
        };
}
