using System.Text;
using AdvertiseX.Contracts;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Compiles a resolved schema and a contract into the steps that fill slots.</summary>
internal sealed class AvroSlotPlan
{
    /// <summary>A hostile schema can name one wide record everywhere; beyond this nothing more is taken
    /// apart.</summary>
    private const int MaxSteps = 20_000;

    private int _steps;

    public static AvroSlotStep Compile(AvroNode root, CompiledContract contract) =>
        new AvroSlotPlan().Step(root, contract.Root, new AvroPath(""));

    private AvroSlotStep Step(AvroNode node, FieldNode? target, AvroPath path)
    {
        var step = new AvroSlotStep(node, ActionOf(node, target), target, path);
        _steps++;
        switch (step.Action)
        {
            case AvroSlotAction.Union:
                step.Steps = [.. node.Branches.Select(b => Step(b, target, path))];
                break;
            case AvroSlotAction.Single or AvroSlotAction.Explode:
                step.Steps = [Step(node.Item!, target, path)];
                break;
            case AvroSlotAction.Map:
                foreach (var child in target!.Children)
                    step.Keys.Add(child, Step(node.Item!, child, new AvroPath(child.Path)));
                step.OtherKeys = Step(node.Item!, null, new AvroPath(path.Text));
                break;
            case AvroSlotAction.Record:
                step.Steps = [.. node.Fields.Select(f => FieldStep(f, node, target!))];
                step.Defaults =
                [
                    .. node.Defaults.Select(d =>
                        (d.Binary, Step(d.Node, Child(node, target!, d.Name), Inner(target!, d.Name)))
                    ),
                ];
                break;
            default:
                break;
        }

        return step;
    }

    private AvroSlotAction ActionOf(AvroNode node, FieldNode? target)
    {
        // A mismatch is met by the scalar step, which reports it and walks over the value.
        if (node.Mismatch is not null)
            return AvroSlotAction.Scalar;
        var inner = target is not null && (target.HasChildren || target.Explodes) && _steps < MaxSteps;
        return node.Wire switch
        {
            AvroType.Union => _steps < MaxSteps ? AvroSlotAction.Union : AvroSlotAction.Json,
            AvroType.Record => inner && target!.HasChildren ? AvroSlotAction.Record : AvroSlotAction.Json,
            AvroType.Map => inner && target!.HasChildren ? AvroSlotAction.Map : AvroSlotAction.Json,
            AvroType.Array when inner && target!.Explodes => AvroSlotAction.Explode,
            AvroType.Array when inner && HoldsFields(node.Item!) => AvroSlotAction.Single,
            AvroType.Array => AvroSlotAction.Json,
            _ => AvroSlotAction.Scalar,
        };
    }

    private static bool HoldsFields(AvroNode node) =>
        node.Wire is AvroType.Record or AvroType.Map || (node.Wire == AvroType.Union && node.Branches.Any(HoldsFields));

    private AvroSlotStep FieldStep(AvroNodeField field, AvroNode record, FieldNode target)
    {
        var own = Inner(target, field.Name);
        return field.Wanted
            ? Step(field.Node, Child(record, target, field.Name), own)
            : new AvroSlotStep(field.Node, AvroSlotAction.Skip, null, own);
    }

    /// <summary>The contract's node of a field: by its name, else by a name that it had before.</summary>
    private static FieldNode? Child(AvroNode record, FieldNode target, string name)
    {
        return SourcePaths.Find(target, Encoding.UTF8.GetBytes(name))
            ?? record
                .Reader.Fields.FirstOrDefault(f => f.Name == name)
                ?.Aliases.Select(target.Find)
                .FirstOrDefault(t => t is not null);
    }

    private static AvroPath Inner(FieldNode parent, string name) =>
        new(parent.Path.Length == 0 ? name : $"{parent.Path}.{name}");
}
