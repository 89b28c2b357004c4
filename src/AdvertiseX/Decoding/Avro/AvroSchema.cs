namespace AdvertiseX.Decoding.Avro;

/// <summary>An Avro schema (specification 1.12, "Schema Declaration"). A recursive one refers to itself. Immutable once
/// parsed; thread-safe.</summary>
internal sealed class AvroSchema
{
    // A hostile schema can name the same wide record everywhere.
    private const int MaxPaths = 100_000;
    private string? _canonical;

    internal AvroSchema(AvroType type) => Type = type;

    public AvroType Type { get; }

    /// <summary>Full name of a record, enum or fixed; empty for other types.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Full names under which a writer may know the type.</summary>
    public IReadOnlyList<string> Aliases { get; internal init; } = [];

    /// <summary>Fields of a record.</summary>
    public IReadOnlyList<AvroField> Fields { get; internal set; } = [];

    /// <summary>Symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; internal init; } = [];

    /// <summary>The symbol that a reader takes for one it does not know.</summary>
    public string? DefaultSymbol { get; internal init; }

    /// <summary>Type of the items of an array or the values of a map.</summary>
    public AvroSchema? Item { get; internal init; }

    /// <summary>Branches of a union.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; internal init; } = [];

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; internal init; }

    public AvroLogicalType Logical { get; internal init; }

    /// <summary>Digits of a decimal.</summary>
    public int Precision { get; internal init; }

    /// <summary>Digits of a decimal after the point.</summary>
    public int Scale { get; internal init; }

    /// <summary>The name without its namespace.</summary>
    public string UnqualifiedName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Parsing canonical form (specification, "Parsing Canonical Form for Schemas").</summary>
    public string CanonicalForm => _canonical ??= AvroCanonicalForm.Of(this);

    /// <summary>CRC-64-AVRO of the canonical form; its little-endian bytes follow C3 01 in the single-object
    /// encoding.</summary>
    public ulong Fingerprint => AvroCanonicalForm.Fingerprint(System.Text.Encoding.UTF8.GetBytes(CanonicalForm));

    /// <summary>Parses the JSON form.</summary>
    /// <param name="json">UTF-8; at most 16 MB.</param>
    /// <exception cref="AvroSchemaException">The text is no schema.</exception>
    public static AvroSchema Parse(ReadOnlySpan<byte> json) => AvroSchemaParser.Parse(json);

    /// <summary>Parses a schema that came with data, where a broken one is a value.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AvroSchema? schema,
        out string problem
    )
    {
        try
        {
            schema = AvroSchemaParser.Parse(json);
            problem = "";
            return true;
        }
        catch (AvroSchemaException e)
        {
            schema = null;
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Dotted paths of the fields, nested records (also in unions, arrays and maps) down to
    /// <paramref name="depth"/> levels: what tells which feed a file is.</summary>
    public IEnumerable<string> FieldPaths(int depth = 3) =>
        Paths("", depth).Take(MaxPaths).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> Paths(string prefix, int depth)
    {
        if (depth == 0)
            return [];
        return Type switch
        {
            AvroType.Record => Fields.SelectMany(f =>
                f.Schema.Paths(prefix + f.Name + ".", depth - 1).Prepend(prefix + f.Name)
            ),
            AvroType.Union => Branches.SelectMany(b => b.Paths(prefix, depth)),
            AvroType.Array => Item!.Type is AvroType.Array ? [] : Item.Paths(prefix, depth),
            _ => [],
        };
    }
}
