using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>What a run of one model would do, on which versions of its inputs. Immutable.</summary>
internal sealed record ModelPlan
{
    public required Model Model { get; init; }

    public required ModelPlanKind Kind { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Of the text and the limits that this run goes by (<see cref="ModelCatalog.FingerprintOf"/>).</summary>
    public required long Fingerprint { get; init; }

    /// <summary>The model's table as it stands; null when the lake has none.</summary>
    public DeltaSnapshot? Table { get; init; }

    public required IReadOnlyList<InputState> Inputs { get; init; }

    /// <summary>The application id under which a model's table records how much of an input it holds.</summary>
    public static string AppIdOf(Model model, string input) => $"model:{model.Name}:{input}";

    /// <summary>The application id under which a model's table records the text that made it.</summary>
    public static string DefinitionIdOf(Model model) => $"model:{model.Name}";

    public InputState Input(string table) => Inputs.First(input => input.Table == table);

    /// <summary>Whether the table still stands where this plan began: nobody else covered the same inputs.</summary>
    public bool StillHolds(DeltaSnapshot table) =>
        Inputs.All(input => table.TransactionOf(AppIdOf(Model, input.Table)) == input.Consumed);
}
