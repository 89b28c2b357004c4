using AdvertiseX.Events;

namespace AdvertiseX.Contracts;

/// <summary>
/// A contract ready for the hot path: source paths as a tree whose leaves are slot numbers, one slot for each canonical
/// field that the contract maps. Immutable and thread-safe.
/// </summary>
public sealed class CompiledContract
{
    private readonly string[][] _paths;
    private readonly Dictionary<string, int> _slots;

    private CompiledContract(Contract source, FieldNode root, Dictionary<string, int> slots, string[][] paths)
    {
        Source = source;
        Root = root;
        _slots = slots;
        _paths = paths;
    }

    internal Contract Source { get; }

    public Feed Feed => Source.Feed;

    /// <summary>The tree of source paths.</summary>
    internal FieldNode Root { get; }

    /// <summary>Number of slots; each belongs to one canonical field.</summary>
    internal int SlotCount => _paths.Length;

    /// <summary>The slot of a canonical field, or −1 if the contract does not map it.</summary>
    internal int SlotOf(string field) => _slots.GetValueOrDefault(field, -1);

    /// <summary>The spelling of a slot that has a rank, as a dotted path.</summary>
    internal string PathOf(int slot, byte rank) => _paths[slot][rank];

    /// <summary>Compiles a contract that <see cref="ContractFile"/> has checked.</summary>
    /// <exception cref="ContractException">Two fields claim the same source path.</exception>
    internal static CompiledContract Compile(Contract contract)
    {
        var root = new FieldNode("", "");
        var slots = new Dictionary<string, int>(StringComparer.Ordinal);
        var paths = new List<string[]>();
        foreach (var (field, mapping) in contract.Fields)
        {
            var slot = paths.Count;
            slots.Add(field, slot);
            for (var rank = 0; rank < mapping.From.Count; rank++)
                Claim(contract, root, field, mapping.From[rank], slot, (byte)rank);
            paths.Add([.. mapping.From]);
        }

        if (contract.Explode is { } explode)
            Walk(root, explode).Explodes = true;
        return new CompiledContract(contract, root, slots, [.. paths]);
    }

    private static void Claim(Contract contract, FieldNode root, string field, string path, int slot, byte rank)
    {
        var node = Walk(root, path);
        if (node.Slot >= 0)
            throw new ContractException(
                $"contract {contract.Name}: fields.{field}.from names '{path}', which another field has; a source path may feed one field"
            );
        node.Slot = slot;
        node.Rank = rank;
    }

    private static FieldNode Walk(FieldNode root, string path)
    {
        var node = root;
        foreach (var name in path.Split('.'))
            node = node.Child(name);
        return node;
    }
}
