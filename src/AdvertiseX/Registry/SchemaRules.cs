using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Registry;

/// <summary>
/// What a schema has to be so that every reader takes it (specification 1.12, "Schema Declaration"): names, symbols,
/// unions and defaults. Readers here are more lenient, as data that is already written is to be read.
/// </summary>
internal sealed class SchemaRules
{
    private readonly HashSet<AvroSchema> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly AvroDefaultEncoder _defaults = new();

    /// <exception cref="AvroSchemaException">The schema breaks a rule.</exception>
    public static void Check(AvroSchema schema) => new SchemaRules().Walk(schema);

    // No deeper than the JSON: a type that is named again was seen where it was declared.
    private void Walk(AvroSchema schema)
    {
        if (!_seen.Add(schema))
            return;
        if (schema.Name.Length > 0 && !schema.Name.Split('.').All(IsName))
            throw new AvroSchemaException($"the name '{schema.Name}' is not allowed; {Names}");
        switch (schema.Type)
        {
            case AvroType.Record:
                foreach (var field in schema.Fields)
                    CheckField(schema, field);
                break;
            case AvroType.Enum:
                CheckSymbols(schema);
                break;
            case AvroType.Union:
                CheckBranches(schema);
                break;
            case AvroType.Array or AvroType.Map:
                Walk(schema.Item!);
                break;
            default:
                break;
        }
    }

    private void CheckField(AvroSchema record, AvroField field)
    {
        if (!IsName(field.Name))
            throw new AvroSchemaException($"the field name '{field.Name}' of {record.Name} is not allowed; {Names}");
        Walk(field.Schema);
        if (field.Default is not null)
            _defaults.Encode(field);
    }

    private static void CheckSymbols(AvroSchema schema)
    {
        if (schema.Symbols.FirstOrDefault(symbol => !IsName(symbol)) is { } odd)
            throw new AvroSchemaException($"the symbol '{odd}' of {schema.Name} is not allowed; {Names}");
        if (schema.Symbols.Distinct(StringComparer.Ordinal).Count() < schema.Symbols.Count)
            throw new AvroSchemaException($"the enum {schema.Name} has a symbol twice");
        if (schema.DefaultSymbol is { } preset && !schema.Symbols.Contains(preset))
            throw new AvroSchemaException($"the default '{preset}' of {schema.Name} is not one of its symbols");
    }

    private void CheckBranches(AvroSchema union)
    {
        var twice = union
            .Branches.GroupBy(branch =>
                branch.Name.Length > 0 ? branch.Name : branch.Type.ToString().ToLowerInvariant()
            )
            .FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new AvroSchemaException($"a union has {twice.Key} twice");
        foreach (var branch in union.Branches)
            Walk(branch);
    }

    private const string Names = "allowed are letters, digits and _, and no digit at the beginning";

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
