"""Each kind of wrong entry is one line that names key, value, limit and remedy."""

import tomllib

import pytest

from femna.case import load_case, parse_case, template
from femna.errors import InputError

STRIPES = 'kind = "stripes", blocked_fraction = 0.3, transition = "1 um"'
ZONES = 'kind = "resistances", transition = "1 um"'

RING = "inner_radius = '2.5 mm', outer_radius = '5 mm', thickness = '100 um'"

CASES = {
    # what: (overrides, key, part of the line)
    "unknown key": ({"protocol.presure": "4 MPa"}, "protocol.presure", "did you mean 'pressure'?"),
    "unknown table": ({"protocl.pressure": "4 MPa"}, "protocl", "did you mean 'protocol'?"),
    "unknown key in a kind": (
        {"interface.map": f"{{ {STRIPES}, inside = 'blocked' }}"},
        "interface.map.inside",
        "unknown key",
    ),
    "missing key": (
        {"interface.map": "{ kind = 'stripes', blocked_fraction = 0.3 }"},
        "interface.map.transition",
        "required; add e.g. transition = '50 um'",
    ),
    "missing table": ({"protocol": "{}"}, "protocol.temperature", "required"),
    "missing kind": (
        {"geometry": "{}"},
        "geometry.kind",
        "accepted: entry_point, image, mesh, stack, unit_cell",
    ),
    "kind of a later version": (
        {"geometry.kind": "pouch"},
        "geometry.kind",
        "entry_point, image, mesh, stack, unit_cell",
    ),
    "map of a later version": (
        {"interface.map.kind": "voronoi"},
        "interface.map.kind",
        "accepted: image, patches, random_field, resistances, stripes, uniform",
    ),
    "wall of a later version": (
        {"interface.wall.law": "adhesive"},
        "interface.wall.law",
        "accepted: free_slip, friction, sticking, viscous",
    ),
    "wall without a law": ({"interface.wall": "{}"}, "interface.wall.law", "accepted: free_slip"),
    "viscous wall without a drag": (
        {"interface.wall": "{ law = 'viscous' }"},
        "interface.wall.drag",
        "add e.g. drag = '1e12 Pa*s/m'",
    ),
    "negative drag": (
        {"metal.collector_wall": "{ law = 'viscous', drag = '-1 Pa*s/m' }"},
        "metal.collector_wall.drag",
        "above 0 Pa*s/m",
    ),
    "drag in the unit of a viscosity": (
        {"interface.wall": "{ law = 'viscous', drag = '1e12 Pa*s' }"},
        "interface.wall.drag",
        "wrong dimension",
    ),
    "drag of a wall that slips": (
        {"interface.wall": "{ law = 'free_slip', drag = '1e12 Pa*s/m' }"},
        "interface.wall.drag",
        "unknown key",
    ),
    "friction without a coefficient": (
        {"metal.collector_wall": "{ law = 'friction' }"},
        "metal.collector_wall.coefficient",
        "required",
    ),
    "friction of zero": (
        {"interface.wall": "{ law = 'friction', coefficient = 0.0 }"},
        "interface.wall.coefficient",
        "above 0",
    ),
    "friction with a unit": (
        {"interface.wall": "{ law = 'friction', coefficient = '0.2 MPa' }"},
        "interface.wall.coefficient",
        "bare",
    ),
    "shear strength without a unit": (
        {"interface.wall": "{ law = 'friction', coefficient = 0.2, shear_strength = 1.0 }"},
        "interface.wall.shear_strength",
        "unit is missing",
    ),
    "shear strength of zero": (
        {"interface.wall": "{ law = 'friction', coefficient = 0.2, shear_strength = '0 MPa' }"},
        "interface.wall.shear_strength",
        "above 0 MPa",
    ),
    "slip velocity of zero": (
        {"metal.collector_wall": "{ law = 'friction', coefficient = 0.2, slip_velocity = 0 }"},
        "metal.collector_wall.slip_velocity",
        "above 0",
    ),
    "number for a creep law": ({"metal.creep": 5}, "metal.creep", "must be a table"),
    "exponent of Norton in Anand's law": (
        {"metal.creep": "{ law = 'anand', n = 5 }"},
        "metal.creep.n",
        "unknown key",
    ),
    "bare prefactor of Anand's law": (
        {"metal.creep": "{ law = 'anand', prefactor = 4.25e4 }"},
        "metal.creep.prefactor",
        "unit is missing",
    ),
    "resistance in another unit": (
        {"metal.creep": "{ law = 'anand', initial_resistance = '1 um' }"},
        "metal.creep.initial_resistance",
        "wrong dimension",
    ),
    "resistance of zero": (
        {"metal.creep": "{ law = 'anand', initial_resistance = '0 MPa' }"},
        "metal.creep.initial_resistance",
        "above 0 MPa",
    ),
    "negative hardening": (
        {"metal.creep": "{ law = 'anand', hardening = '-1 MPa' }"},
        "metal.creep.hardening",
        "above 0 MPa",
    ),
    "saturation of zero": (
        {"metal.creep": "{ law = 'anand', saturation = '0 MPa' }"},
        "metal.creep.saturation",
        "above 0 MPa",
    ),
    "negative activation energy": (
        {"metal.creep": "{ law = 'anand', activation_energy = '-1 kJ/mol' }"},
        "metal.creep.activation_energy",
        "at least 0 kJ/mol",
    ),
    "rate sensitivity of zero": (
        {"metal.creep": "{ law = 'anand', rate_sensitivity = 0 }"},
        "metal.creep.rate_sensitivity",
        "above 0 and at most 1",
    ),
    "hardening exponent below one": (
        {"metal.creep": "{ law = 'anand', hardening_exponent = 0.5 }"},
        "metal.creep.hardening_exponent",
        "at least 1 and at most 10",
    ),
    "saturation exponent of one": (
        {"metal.creep": "{ law = 'anand', saturation_exponent = 1 }"},
        "metal.creep.saturation_exponent",
        "at least 0 and below 1",
    ),
    "creep law misspelt": (
        {"metal.creep.law": "nortn"},
        "metal.creep.law",
        "did you mean 'norton'?",
    ),
    "kinetics misspelt": (
        {"interface.kinetics.law": "butlervolmer"},
        "interface.kinetics.law",
        "did you mean 'butler_volmer'?",
    ),
    "step misspelt": ({"protocol.steps.0.do": "stripp"}, "protocol.steps.0.do", "'strip', 'plate'"),
    "wrong unit": ({"protocol.pressure": "4 um"}, "protocol.pressure", "wrong dimension"),
    "unknown unit": ({"protocol.pressure": "4 mpa"}, "protocol.pressure", "not a known unit"),
    "bare number": ({"protocol.pressure": 4}, "protocol.pressure", "unit is missing"),
    "number in a text": ({"protocol.pressure": "'4'"}, "protocol.pressure", "unit is missing"),
    "boolean for a quantity": ({"protocol.pressure": True}, "protocol.pressure", "with a unit"),
    "boolean for a number": ({"limits.contact_fraction": True}, "limits.contact_fraction", "bare"),
    "text for a number": ({"limits.contact_fraction": "'0.1'"}, "limits.contact_fraction", "bare"),
    "boolean for a count": ({"protocol.repeat": True}, "protocol.repeat", "bare whole number"),
    "number for a boolean": ({"metal.elastic": 1}, "metal.elastic", "true or false"),
    "text for a table": ({"metal": "'sodium'"}, "metal", "must be a table"),
    "number for a kind's table": ({"interface.map": 3}, "interface.map", "must be a table"),
    "table for a list": ({"protocol.steps": "{}"}, "protocol.steps", "must be a list"),
    "empty list": ({"protocol.steps": "[]"}, "protocol.steps", "at least one entry"),
    "number for a text": ({"title": 3}, "title", "must be a text"),
    "fraction of a count": ({"protocol.repeat": 1.5}, "protocol.repeat", "whole number"),
    "count of zero": ({"protocol.repeat": 0}, "protocol.repeat", "at least 1"),
    "negative seed": (
        {
            "interface.map": "{ kind = 'random_field', blocked_fraction = 0.3, "
            "correlation_length = '5 um', seed = -1, transition = '1 um' }"
        },
        "interface.map.seed",
        "at least 0",
    ),
    "negative size": ({"geometry.period": "-5 um"}, "geometry.period", "above 0 um"),
    "zero size": ({"geometry.metal_thickness": "0 um"}, "geometry.metal_thickness", "above 0 um"),
    "zero pressure": ({"protocol.pressure": "0 MPa"}, "protocol.pressure", "above 0 MPa"),
    "below absolute zero": (
        {"protocol.temperature": "-300 degC"},
        "protocol.temperature",
        "above 0 K",
    ),
    "nan": ({"interface.map.blocked_fraction": "nan"}, "interface.map.blocked_fraction", "finite"),
    "inf": ({"numerics.strain_rate_floor": "inf"}, "numerics.strain_rate_floor", "finite"),
    "nan with a unit": ({"geometry.period": "nan um"}, "geometry.period", "finite"),
    "inf with a unit": ({"geometry.period": "inf um"}, "geometry.period", "finite"),
    "fraction of one": (
        {"interface.map.blocked_fraction": 1.0},
        "interface.map.blocked_fraction",
        "above 0 and below 1",
    ),
    "exponent out of range": (
        {"metal.creep": "{ n = 9, A = '1 1/s/MPa^9' }"},
        "metal.creep.n",
        "at least 1 and at most 8",
    ),
    "exponent alone": ({"metal.creep.n": 3}, "metal.creep.A", "without A"),
    "prefactor alone": ({"metal.creep.A": "1 1/s/MPa^5"}, "metal.creep.A", "without n"),
    "prefactor of another exponent": (
        {"metal.creep": "{ n = 6.1, A = '1.58 1/s/MPa^5' }"},
        "metal.creep.A",
        "wrong dimension",
    ),
    "prefactor of zero": (
        {"metal.creep": "{ n = 5, A = '0 1/s/MPa^5' }"},
        "metal.creep.A",
        "above 0",
    ),
    "diffusion without its width": (
        {"interface.diffusion": "{ coefficient = '1e-20 m^2/s' }"},
        "interface.diffusion.coefficient",
        "wrong dimension",
    ),
    "diffusion of nothing": (
        {"interface.diffusion": "{ coefficient = '0 m^3/s' }"},
        "interface.diffusion.coefficient",
        "above 0",
    ),
    "activation without its temperature": (
        {"interface.diffusion": "{ coefficient = '1e-20 m^3/s', activation_energy = '40 kJ/mol' }"},
        "interface.diffusion.reference_temperature",
        "belong together",
    ),
    "temperature without its activation": (
        {"interface.diffusion": "{ coefficient = '1e-20 m^3/s', reference_temperature = '298 K' }"},
        "interface.diffusion.activation_energy",
        "belong together",
    ),
    "surface diffusion without surface energy": (
        {"interface.surface_diffusion": "{ coefficient = '1e-20 m^3/s' }"},
        "interface.surface_diffusion",
        "add capillarity = true",
    ),
    "surface energy of zero": (
        {"metal.surface_energy": "0 J/m^2"},
        "metal.surface_energy",
        "above 0",
    ),
    "number for capillarity": (
        {"interface.capillarity": 1},
        "interface.capillarity",
        "true or false",
    ),
    "adhesion stronger than the metal": (
        {"interface.adhesion": "{ strength = '4 MPa' }"},
        "interface.adhesion.strength",
        "at most 3 MPa",
    ),
    "incompressible beyond": ({"metal.poisson_ratio": 0.5}, "metal.poisson_ratio", "below 0.5"),
    "another schema version": ({"femna": 2}, "femna", "write femna = 1"),
    "word for a charge": (
        {"output.fields_at": "['end', 'never']"},
        "output.fields_at.1",
        "with a unit",
    ),
    "negative output charge": (
        {"output.fields_at": "['-1 mAh/cm^2']"},
        "output.fields_at.0",
        "at least 0",
    ),
    "output charge beyond the protocol's": (
        {"output.fields_at": "['end', '0.5 mAh/cm^2']"},
        "output.fields_at.1",
        "no strip or plate goes beyond 0.1 mAh/cm^2; lower it",
    ),
    "output charge beyond that of a time": (
        {
            "output.fields_at": "['0.05 mAh/cm^2']",
            "protocol.steps": "[{ do = 'strip', time = '36 s' }, { do = 'rest', time = '1 h' }]",
        },
        "output.fields_at.0",
        "no strip or plate goes beyond 0.015 mAh/cm^2",
    ),
    "output charge of a rest": (
        {
            "output.fields_at": "['0.05 mAh/cm^2']",
            "protocol.steps": "[{ do = 'rest', time = '1 h' }]",
        },
        "output.fields_at.0",
        "never reached",
    ),
    "patch wider than the period": (
        {
            "geometry.symmetry": "square",
            "interface.map": "{ kind = 'patches', blocked_fraction = 0.8, transition = '1 um' }",
        },
        "interface.map.blocked_fraction",
        "wider than the period of 50 um",
    ),
    "transition wider than the blocked stripe": (
        {"interface.map.transition": "15 um"},
        "interface.map.transition",
        "below 15 um",
    ),
    "transition wider than the conducting stripe": (
        {"interface.map.blocked_fraction": 0.9, "interface.map.transition": "6 um"},
        "interface.map.transition",
        "below 5 um",
    ),
    "transition wider than the gap round a disc": (
        {
            "geometry.symmetry": "axisymmetric",
            "interface.map": "{ kind = 'patches', blocked_fraction = 0.81, transition = '6 um' }",
        },
        "interface.map.transition",  # 2 (b - a) = 50 um (1 - 0.9)
        "below 5 um",
    ),
    "transition wider than the correlation": (
        {
            "interface.map": "{ kind = 'random_field', blocked_fraction = 0.3, "
            "correlation_length = '5 um', seed = 1, transition = '5 um' }"
        },
        "interface.map.transition",
        "below 5 um",
    ),
    "correlation wider than the period": (
        {
            "interface.map": "{ kind = 'random_field', blocked_fraction = 0.3, "
            "correlation_length = '60 um', seed = 1, transition = '1 um' }"
        },
        "interface.map.correlation_length",
        "below 50 um",
    ),
    "stripes in a hexagonal array": (
        {"geometry.symmetry": "hexagonal"},
        "interface.map.kind",
        "plane_strain or square",
    ),
    "hexagonal patches that touch": (
        {
            "geometry.symmetry": "hexagonal",
            # pi a^2 = f (sqrt 3/2) period^2: they touch at f = pi/(2 sqrt 3) = 0.9069
            "interface.map": "{ kind = 'patches', blocked_fraction = 0.91, transition = '1 um' }",
        },
        "interface.map.blocked_fraction",
        "wider than the period of 50 um",
    ),
    "stripes in a disc": (
        {"geometry.symmetry": "axisymmetric"},
        "interface.map.kind",
        "plane_strain or square",
    ),
    "fractions that do not sum to one": (
        {
            "interface.map": f"{{ {ZONES}, fractions = [0.5, 0.4], "
            "resistances = ['8 ohm*cm^2', '80 ohm*cm^2'] }"
        },
        "interface.map.fractions",
        "sum to 0.9",
    ),
    "one fraction too few": (
        {
            "interface.map": f"{{ {ZONES}, fractions = [1.0], "
            "resistances = ['8 ohm*cm^2', '80 ohm*cm^2'] }"
        },
        "interface.map.fractions",
        "1 fractions for 2",
    ),
    "zone better than the kinetics": (
        {
            "interface.map": f"{{ {ZONES}, fractions = [0.5, 0.5], "
            "resistances = ['8 ohm*cm^2', '4 ohm*cm^2'] }"
        },
        "interface.map.resistances.1",
        "at least 8 ohm*cm^2",
    ),
    "zone better than the exchange current": (
        {
            # R T/F = 25.69 mV at 298.15 K; over 5 mA/cm2 that is 5.14 ohm cm2
            "interface.kinetics": "{ law = 'butler_volmer', "
            "exchange_current_density = '5 mA/cm^2' }",
            "interface.map": f"{{ {ZONES}, fractions = [0.5, 0.5], "
            "resistances = ['5 ohm*cm^2', '50 ohm*cm^2'] }",
        },
        "interface.map.resistances.0",
        "at least 5.13",
    ),
    "activation without its reference": (
        {"interface.kinetics.activation_energy": "40 kJ/mol"},
        "interface.kinetics.reference_temperature",
        "give both",
    ),
    "reference without an activation": (
        {"interface.kinetics.reference_temperature": "25 degC"},
        "interface.kinetics.activation_energy",
        "give both",
    ),
    "negative activation of the conductivity": (
        {"electrolyte.conductivity_activation_energy": "-1 kJ/mol"},
        "electrolyte.conductivity_activation_energy",
        "at least 0",
    ),
    "reference temperature of the conductivity in a wrong unit": (
        {"electrolyte.conductivity_reference_temperature": "25 kJ"},
        "electrolyte.conductivity_reference_temperature",
        "wrong dimension",
    ),
    "roughness without a unit": (
        {"interface.roughness": 0.1},
        "interface.roughness",
        "unit is missing",
    ),
    "topography without a height": (
        {"interface.roughness": "{ rms_slope = 0.1 }"},
        "interface.roughness.rms_height",
        "required; add e.g. rms_height = '50 um'",
    ),
    "topography misspelt": (
        {"interface.roughness": "{ rms_heigth = '0.2 um' }"},
        "interface.roughness.rms_heigth",
        "did you mean 'rms_height'?",
    ),
    "negative slope": (
        {"interface.roughness": "{ rms_height = '0.2 um', rms_slope = -0.1 }"},
        "interface.roughness.rms_slope",
        "above 0",
    ),
    "decay of zero": (
        {"interface.roughness": "{ rms_height = '0.2 um', decay_ratio = 0 }"},
        "interface.roughness.decay_ratio",
        "above 0",
    ),
    "real contact misspelt": (
        {"interface.real_contact": "{ law = 'hardnes', length = '1 um' }"},
        "interface.real_contact.law",
        "did you mean 'hardness'?",
    ),
    "hardness without a length": (
        {"interface.real_contact": "{ law = 'hardness' }"},
        "interface.real_contact.length",
        "required",
    ),
    "hardness ratio of zero": (
        {"interface.real_contact": "{ law = 'hardness', length = '1 um', ratio = 0 }"},
        "interface.real_contact.ratio",
        "above 0",
    ),
    "residual of the whole area": (
        {"interface.real_contact": "{ law = 'hardness', length = '1 um', residual = 1 }"},
        "interface.real_contact.residual",
        "below 1",
    ),
    "length of a perfect contact": (
        {"interface.real_contact": "{ law = 'perfect', length = '1 um' }"},
        "interface.real_contact.length",
        "unknown key",
    ),
    "microconstriction of a plain roughness": (
        {"interface.real_contact": "{ law = 'microconstriction', length = '1 um' }"},
        "interface.roughness",
        "rms height and slope",
    ),
    "microconstriction without a slope": (
        {
            "interface.real_contact": "{ law = 'microconstriction', length = '1 um' }",
            "interface.roughness": "{ rms_height = '0.2 um' }",
        },
        "interface.roughness.rms_slope",
        "rms height and slope",
    ),
    "void wider than the cell": (
        {"geometry.initial_void": "{ radius = '25 um', contact_angle = '90 deg' }"},
        "geometry.initial_void.radius",
        "below 25 um",
    ),
    "void higher than the metal": (
        {
            "geometry.metal_thickness": "10 um",
            "geometry.initial_void": "{ radius = '9.5 um', contact_angle = '90 deg' }",
        },
        "geometry.initial_void.radius",
        "90 % of the metal",
    ),
    "steep void in a square cell": (
        {
            "geometry.symmetry": "square",
            "geometry.initial_void": "{ radius = '2 um', contact_angle = '41 deg' }",
        },
        "geometry.initial_void.contact_angle",
        "at most 40 deg in a square cell",
    ),
    "metal void under a surface tension": (
        {
            "geometry.metal_voids": "[{ x = '0 um', height = '14 um', radius = '4 um' }]",
            "interface.capillarity": "true",
        },
        "interface.capillarity",
        "opens as a slot",
    ),
    "metal void at the interface": (
        {
            "geometry.metal_voids": "[{ x = '0 um', height = '4 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.height",
        "above 4 um",
    ),
    "metal void in the collector": (
        {
            "geometry.metal_voids": "[{ x = '0 um', height = '97 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.height",
        "below the collector at 100 um",
    ),
    "metal void across a side": (
        {
            "geometry.metal_voids": "[{ x = '3 um', height = '12 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.radius",
        "below 3 um",
    ),
    "metal void beyond the cell": (
        {
            "geometry.metal_voids": "[{ x = '26 um', height = '12 um', radius = '1 um' }]",
        },
        "geometry.metal_voids.0.x",
        "at most 25 um",
    ),
    "metal void left of the cell": (
        {
            "geometry.metal_voids": "[{ x = '-1 um', height = '12 um', radius = '1 um' }]",
        },
        "geometry.metal_voids.0.x",
        "at least 0 um",
    ),
    "sphere beside the axis": (
        {
            "geometry.symmetry": "axisymmetric",
            "interface.map": "{ kind = 'uniform' }",
            "geometry.metal_voids": "[{ x = '6 um', height = '12 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.x",
        "on the axis",
    ),
    "metal voids that overlap": (
        {
            "geometry.metal_voids": "[{ x = '0 um', height = '12 um', radius = '4 um' }, "
            "{ x = '0 um', height = '18 um', radius = '3 um' }]",
        },
        "geometry.metal_voids.1",
        "more than 7 um away",
    ),
    "metal void in the initial one": (
        {
            "geometry.initial_void": "{ radius = '4 um', contact_angle = '90 deg' }",
            "geometry.metal_voids": "[{ x = '0 um', height = '7 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.radius",
        "below 3 um",
    ),
    "metal void in a flat initial one": (
        {
            "geometry.initial_void": "{ radius = '6.5 um', contact_angle = '5 deg' }",
            "geometry.metal_voids": "[{ x = '0 um', height = '3.2 um', radius = '3 um' }]",
        },
        "geometry.metal_voids.0.radius",
        "below 2.916",
    ),
    "metal void in a square cell": (
        {
            "geometry.symmetry": "square",
            "geometry.metal_voids": "[{ x = '0 um', height = '12 um', radius = '4 um' }]",
        },
        "geometry.metal_voids",
        "not available in a square cell",
    ),
    "metal void without a height": (
        {
            "geometry.metal_voids": "[{ x = '0 um', radius = '4 um' }]",
        },
        "geometry.metal_voids.0.height",
        "required",
    ),
    "no metal void": (
        {
            "geometry.metal_voids": "[]",
        },
        "geometry.metal_voids",
        "the list is empty",
    ),
    "closure by Anand's law": (
        {
            "metal.creep": "{ law = 'anand' }",
            "metal.material": "lithium",
            "geometry.metal_voids": "[{ x = '0 um', height = '12 um', radius = '4 um' }]",
        },
        "geometry.void_closure",
        "one power of stress",
    ),
    "closure by two mechanisms": (
        {
            "metal.creep": "{ law = 'norton_diffusional', grain_size = '1 um', "
            "mechanisms = ['nabarro_herring'] }",
            "geometry.metal_voids": "[{ x = '0 um', height = '12 um', radius = '4 um' }]",
        },
        "geometry.void_closure",
        "one power of stress",
    ),
    "contact angle above a right one": (
        {"geometry.initial_void": "{ radius = '2 um', contact_angle = '91 deg' }"},
        "geometry.initial_void.contact_angle",
        "at most 90 deg",
    ),
    "rest without time": ({"protocol.steps": "[{ do = 'rest' }]"}, "protocol.steps.0.time", "time"),
    "rest with a charge": (
        {"protocol.steps": "[{ do = 'rest', time = '1 h', charge = '1 mAh/cm^2' }]"},
        "protocol.steps.0.charge",
        "no current",
    ),
    "strip with a time and a charge": (
        {"protocol.steps": "[{ do = 'strip', time = '1 h', charge = '1 mAh/cm^2' }]"},
        "protocol.steps.0.time",
        "not by both",
    ),
    "rest until a voltage": (
        {"protocol.steps": "[{ do = 'rest', time = '1 h', until = '1 V' }]"},
        "protocol.steps.0.until",
        "no current",
    ),
    "counter electrode without a map": ({"counter": "{}"}, "counter.map", "required"),
    "counter electrode with a map too sharp": (
        {
            "counter.map": "{ kind = 'stripes', blocked_fraction = 0.3, transition = '40 um' }",
        },
        "counter.map.transition",
        "",
    ),
    "hold without a voltage": (
        {"protocol.steps": "[{ do = 'hold', time = '1 h' }]"},
        "protocol.steps.0.voltage",
        "a hold needs a voltage",
    ),
    "hold without a time": (
        {"protocol.steps": "[{ do = 'hold', voltage = '0.05 V' }]"},
        "protocol.steps.0.time",
        "a hold needs a time",
    ),
    "hold of a current": (
        {
            "protocol.steps": "[{ do = 'hold', voltage = '1 V', time = '1 h',"
            " current_density = '1 mA/cm^2' }]"
        },
        "protocol.steps.0.current_density",
        "the current of a hold follows",
    ),
    "hold above the limit": (
        {"protocol.steps": "[{ do = 'hold', voltage = '-3 V', time = '1 h' }]"},
        "protocol.steps.0.voltage",
        "below limits.voltage",
    ),
    "hold of nothing": (
        {"protocol.steps": "[{ do = 'hold', voltage = '0 V', time = '1 h' }]"},
        "protocol.steps.0.voltage",
        "1 nV",
    ),
    "strip at a held voltage": (
        {"protocol.steps": "[{ do = 'strip', voltage = '0.05 V' }]"},
        "protocol.steps.0.voltage",
        "a strip holds no voltage",
    ),
    "cycling in three dimensions": (
        {"cycling.film_thickness": "0.2 um", "geometry.symmetry": "square"},
        "cycling",
        "2D",
    ),
    "film without a thickness": ({"cycling": "{}"}, "cycling.film_thickness", "required"),
    "ranges of size that fall": (
        {"cycling": "{ film_thickness = '0.2 um', bins = ['2 um^3', '1 um^3'] }"},
        "cycling.bins",
        "must rise",
    ),
    "creep of voids in a metal that hardens": (
        {
            "cycling.film_thickness": "0.2 um",
            "metal.material": "lithium",
            "metal.creep": "{ law = 'anand' }",
        },
        "cycling.porous_creep",
        "one power of stress",
    ),
    "hollow bodies in a metal that hardens": (
        {
            "cycling.film_thickness": "0.2 um",
            "cycling.porous_creep": "hollow_body",
            "metal.material": "lithium",
            "metal.creep": "{ law = 'anand' }",
        },
        "cycling.porous_creep",
        "one power of stress",
    ),
    "a law of enclosed voids that is none": (
        {"cycling.film_thickness": "0.2 um", "cycling.porous_creep": "hollow"},
        "cycling.porous_creep",
        "hollow_body",
    ),
    "creep of voids in an elastic metal": (
        {"cycling.film_thickness": "0.2 um", "metal.elastic": "true"},
        "metal.elastic",
        "porous_creep = 'none'",
    ),
    "iterative solver with voids": (
        {"cycling.film_thickness": "0.2 um", "numerics.linear_solver": "iterative"},
        "numerics.linear_solver",
        "direct",
    ),
    "start from nowhere": (
        {"protocol.start_from": "7"},
        "protocol.start_from",
        "folder of a run expected",
    ),
    "start from no run": (
        {"protocol.start_from": "first"},
        "protocol.start_from",
        "output.final_state = true",
    ),
    "step larger than the charge": (
        {"numerics.step": "0.2 mAh/cm^2"},
        "numerics.step",
        "at most 0.1 mAh/cm^2",
    ),
    "mask without a width": (
        {"mask": f"{{ {RING.replace("= '5 mm", "= '1 mm")} }}"},
        "mask.outer_radius",
        "the inner radius",
    ),
    "mask whose faces follow no law": (
        {"mask": f"{{ {RING}, faces = 'rough' }}"},
        "mask.faces",
        "free_slip",
    ),
    "mask with friction without a coefficient": (
        {"mask": f"{{ {RING}, faces = {{ law = 'friction' }} }}"},
        "mask.faces.coefficient",
        "add coefficient",
    ),
    "mask without an electrode": (
        {"mask": f"{{ {RING}, window_clearance = '3 mm' }}"},
        "mask.window_clearance",
        "below 2500 um",
    ),
    "elastic electrolyte between two electrodes": (
        {"electrolyte.elastic": True, "counter.map": "{ kind = 'uniform' }"},
        "electrolyte.elastic",
        "rigid support",
    ),
    "mask thicker than the metal": (
        {"mask": f"{{ {RING.replace('100 um', '101 um')} }}"},
        "mask.thickness",
        "at most 100 um",
    ),
    "mask that keeps nothing": (
        {
            "mask": f"{{ {RING}, viscoelastic = true, relaxation = ["
            "{ share = 0.5, time = '1 s' }, { share = 0.5, time = '1 h' }] }"
        },
        "mask.relaxation",
        "below 1",
    ),
    "relaxation that is not used": (
        {"mask": f"{{ {RING}, relaxation = [{{ share = 0.5, time = '1 s' }}] }}"},
        "mask.relaxation",
        "viscoelastic is false",
    ),
    "yield stress that is not used": (
        {"mask": f"{{ {RING}, yield_stress = '30 MPa' }}"},
        "mask.yield_stress",
        "yields is false",
    ),
    "elements larger than the cell": (
        {"numerics.interface_size": "20 um"},
        "numerics.interface_size",
        "at most 12.5 um",
    ),
    "mesh file that is not there": (
        {
            "geometry": "{ kind = 'mesh', file = 'no.msh', length_unit = '1 um', "
            "symmetry = 'plane_strain' }"
        },
        "geometry.file",
        "no such file",
    ),
}


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(template("case"))
    return path


@pytest.mark.parametrize("what", CASES)
def test_a_wrong_entry_is_one_line_with_key_limit_and_remedy(what, case_file):
    overrides, key, part = CASES[what]
    with pytest.raises(InputError) as caught:
        load_case(case_file, overrides)
    error = caught.value
    assert error.key == key
    assert part in str(error)
    assert str(error).startswith(f"{case_file}: {key} = ")
    assert "\n" not in str(error)
    assert error.limit
    assert error.remedy
    assert error.exit_code == 2


def test_a_misspelt_key_is_named_before_the_key_that_it_leaves_missing():
    document = tomllib.loads(template("case"))
    document["protocol"]["presure"] = document["protocol"].pop("pressure")
    with pytest.raises(InputError, match=r"protocol\.presure.*did you mean 'pressure'"):
        parse_case(document)


@pytest.mark.parametrize(
    ("content", "part"),
    [(None, "no such file"), (b"a = ", "is not TOML"), (b"\xff\xfe", "is not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, content, part):
    path = tmp_path / "case.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=part):
        load_case(path)


def test_a_folder_given_as_a_case_is_one_line(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        load_case(tmp_path)


def test_a_study_given_as_a_case_is_named_as_one(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(template("study"))
    with pytest.raises(InputError, match="this file is a study"):
        load_case(path)


@pytest.mark.parametrize(
    ("charge", "steps"),
    [
        ("0 mAh/cm^2", "{ do = 'rest', time = '1 h' }"),
        ("0.1 mAh/cm^2", "{ do = 'strip' }"),
        ("0.1 mAh/cm^2", "{ do = 'strip', until = '1 V' }"),
        ("0.2 mAh/cm^2", "{ do = 'strip' }, { do = 'plate', charge = '0.2 mAh/cm^2' }"),
        ("0.3 mAh/cm^2", "{ do = 'strip', time = '720 s' }"),
        (
            "0.3 mAh/cm^2",
            "{ do = 'strip', time = '720 s' }, { do = 'hold', voltage = '1 V', time = '1 h' }",
        ),
    ],
)
def test_an_output_charge_that_a_step_may_reach_is_taken(tmp_path, charge, steps):
    (tmp_path / "case.toml").write_text(template("case"))
    given = {"output.fields_at": f"['{charge}']", "protocol.steps": f"[{steps}]"}
    assert len(load_case(tmp_path / "case.toml", given).output.fields_at) == 1
